import type { Locale } from '../../../kernel/locale.js';
import { formatDay } from '../domain/days.js';
import type { InvoiceDocument, PayerSnapshot, SellerSnapshot } from '../domain/document.js';
import { paymentQr } from '../domain/payment-qr.js';
import { DOCUMENT_TEXTS, type DocumentTexts } from '../domain/texts.js';
import { formatAmount, formatRate } from './format.js';

/** A document as words, ready for page and PDF: both show exactly the same. */
export interface InvoiceView {
  locale: Locale;
  texts: DocumentTexts;
  heading: string;
  validUntil: string;
  bank: [label: string, value: string][];
  seller: string[];
  payer: string[];
  lines: { no: string; description: string; quantity: string; unit: string; vat: string; amount: string }[];
  totals: [label: string, value: string][];
  total: string;
  purpose: string;
  signatures: [label: string, name: string][];
  /** What the payment code says; null where the seller's country has none. */
  qr: string | null;
}

export function viewInvoice(invoice: InvoiceDocument, locale: Locale): InvoiceView {
  const texts = DOCUMENT_TEXTS[locale];
  const { seller, payer, currency } = invoice;
  const money = (micros: bigint) => formatAmount(micros, currency, locale);
  const [firstLine] = invoice.lines;
  return {
    locale,
    texts,
    heading: `${texts.title} ${texts.number} ${invoice.documentNumber} ${texts.of} ${formatDay(invoice.issuedOn, locale)}`,
    validUntil: `${texts.validUntil} ${formatDay(invoice.validUntil, locale)}`,
    bank: bankRows(seller, texts),
    seller: party(seller, texts),
    payer: party(payer, texts),
    lines: invoice.lines.map((line) => ({
      no: String(line.lineNo),
      description: line.description,
      quantity: String(line.quantity),
      unit: line.unit,
      vat: formatRate(line.vatRateBps, texts),
      amount: money(line.grossMicros),
    })),
    totals: [
      [texts.net, money(invoice.netMicros)],
      firstLine?.vatRateBps === null
        ? [texts.withoutVat, '—']
        : [`${texts.vat} ${formatRate(firstLine?.vatRateBps ?? 0, texts)}`, money(invoice.vatMicros)],
    ],
    total: money(invoice.grossMicros),
    purpose: invoice.purpose,
    signatures: [
      [texts.director, seller.director ?? ''],
      [texts.accountant, seller.accountant ?? ''],
    ].filter(([, name]) => name !== '') as [string, string][],
    qr: paymentQr({
      country: seller.country,
      currency,
      sellerName: seller.name,
      sellerTaxNumber: seller.taxNumber,
      bank: seller.bank,
      amountMicros: invoice.grossMicros,
      purpose: invoice.purpose,
    }),
  };
}

function bankRows({ bank }: SellerSnapshot, texts: DocumentTexts): [string, string][] {
  const rows: [string, string][] = [
    [texts.bank, bank.bankName],
    [texts.account, bank.accountNumber],
    [texts.bic, bank.bic],
  ];
  return bank.correspondentAccount ? [...rows, [texts.correspondentAccount, bank.correspondentAccount]] : rows;
}

function party(one: SellerSnapshot | PayerSnapshot, texts: DocumentTexts): string[] {
  const label = texts.taxNumber[one.country] ?? texts.taxNumber.PL!;
  const numbers = [`${label} ${one.taxNumber}`, one.taxReasonCode ? `${texts.taxReasonCode} ${one.taxReasonCode}` : ''];
  return [one.name, numbers.filter(Boolean).join(', '), one.address];
}

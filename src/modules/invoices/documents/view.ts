import type { Locale } from '../../../kernel/locale.js';
import {
  formatAmount,
  formatDay,
  formatRate,
  type Labelled,
  type PrintedColumn,
  type PrintedDocument,
  type PrintedPayment,
} from '../../documents/index.js';
import type { InvoiceDocument, PayerSnapshot, SellerSnapshot } from '../domain/document.js';
import { paymentQr } from '../domain/payment-qr.js';
import { DOCUMENT_TEXTS, type DocumentTexts, type PartyTexts } from '../domain/texts.js';

/** An invoice in words. */
export function printInvoice(invoice: InvoiceDocument, locale: Locale): PrintedDocument {
  const texts = DOCUMENT_TEXTS[locale];
  const { seller, payer, currency, documentNumber, issuedOn } = invoice;
  const money = (micros: bigint) => formatAmount(micros, currency, locale);
  const [firstLine] = invoice.lines;
  return {
    locale,
    name: documentNumber,
    issuedOn,
    heading: `${texts.title} ${texts.number} ${documentNumber} ${texts.of} ${formatDay(issuedOn, locale)}`,
    subheading: `${texts.validUntil} ${formatDay(invoice.validUntil, locale)}`,
    facts: bankRows(seller, texts),
    parties: [
      { label: texts.seller, rows: partyRows(seller, texts) },
      { label: texts.payer, rows: partyRows(payer, texts) },
    ],
    columns: columns(texts),
    lines: invoice.lines.map((line) => [
      String(line.lineNo),
      line.description,
      String(line.quantity),
      line.unit,
      formatRate(line.vatRateBps, texts.withoutVat),
      money(line.grossMicros),
    ]),
    totals: [
      [texts.net, money(invoice.netMicros)],
      firstLine?.vatRateBps === null
        ? [texts.withoutVat, '—']
        : [`${texts.vat} ${formatRate(firstLine?.vatRateBps ?? 0, texts.withoutVat)}`, money(invoice.vatMicros)],
    ],
    total: [texts.total, money(invoice.grossMicros)],
    remarks: [],
    payment: paymentOf(invoice, texts),
    signatures: signatureRows(seller, texts),
    footer: texts.offer,
  };
}

const columns = (texts: DocumentTexts): PrintedColumn[] => [
  { title: '№', kind: 'text' },
  { title: texts.service, kind: 'wide' },
  { title: texts.quantity, kind: 'number' },
  { title: texts.unit, kind: 'text' },
  { title: texts.vat, kind: 'number' },
  { title: texts.amount, kind: 'number' },
];

function bankRows({ bank }: SellerSnapshot, texts: DocumentTexts): Labelled[] {
  const rows: Labelled[] = [
    [texts.bank, bank.bankName],
    [texts.account, bank.accountNumber],
    [texts.bic, bank.bic],
  ];
  return bank.correspondentAccount ? [...rows, [texts.correspondentAccount, bank.correspondentAccount]] : rows;
}

/** Name, numbers and address of a party, as every document of ours shows them. */
export function partyRows(one: SellerSnapshot | PayerSnapshot, texts: PartyTexts): string[] {
  const label = texts.taxNumber[one.country] ?? texts.taxNumber.PL!;
  const numbers = [`${label} ${one.taxNumber}`, one.taxReasonCode ? `${texts.taxReasonCode} ${one.taxReasonCode}` : ''];
  return [one.name, numbers.filter(Boolean).join(', '), one.address];
}

/** Who signs for the seller, where it has told. */
export function signatureRows(seller: SellerSnapshot, texts: PartyTexts): Labelled[] {
  const rows: Labelled[] = [
    [texts.director, seller.director ?? ''],
    [texts.accountant, seller.accountant ?? ''],
  ];
  return rows.filter(([, name]) => name !== '');
}

function paymentOf({ seller, currency, grossMicros, purpose }: InvoiceDocument, texts: DocumentTexts): PrintedPayment {
  const qr = paymentQr({
    country: seller.country,
    currency,
    sellerName: seller.name,
    sellerTaxNumber: seller.taxNumber,
    bank: seller.bank,
    amountMicros: grossMicros,
    purpose,
  });
  return { label: texts.purpose, purpose, scan: texts.scan, qr };
}

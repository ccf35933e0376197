import { type Currency, type Micros, MICROS_PER_MINOR } from '../../../kernel/money.js';

/** Where a seller is paid. Which members are needed depends on the country. */
export interface BankDetails {
  accountNumber: string;
  bankName: string;
  bic: string;
  correspondentAccount?: string;
}

export interface QrPayment {
  country: string;
  currency: Currency;
  sellerName: string;
  sellerTaxNumber: string;
  bank: BankDetails;
  amountMicros: Micros;
  purpose: string;
}

/** What a banking app reads from the code of an invoice; null when the seller's country has no such code for this currency. */
export function paymentQr(payment: QrPayment): string | null {
  if (payment.country === 'RU' && payment.currency === 'RUB') return russianQr(payment);
  if (payment.country === 'PL' && payment.currency === 'PLN') return polishQr(payment);
  if (payment.currency === 'EUR' && /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(compact(payment.bank.accountNumber)))
    return sepaQr(payment);
  return null;
}

/** GOST R 56042: the five obligatory fields first, in this order; amounts in kopecks; no `|` in a value. */
function russianQr({ sellerName, sellerTaxNumber, bank, amountMicros, purpose }: QrPayment): string | null {
  const fields: [string, string][] = [
    ['Name', sellerName],
    ['PersonalAcc', bank.accountNumber],
    ['BankName', bank.bankName],
    ['BIC', bank.bic],
    ['CorrespAcc', bank.correspondentAccount ?? '0'],
    ['PayeeINN', sellerTaxNumber],
    ['Sum', (amountMicros / MICROS_PER_MINOR).toString()],
    ['Purpose', purpose],
  ];
  if (fields.some(([, value]) => value.includes('|'))) return null;
  return `ST00012|${fields.map(([name, value]) => `${name}=${value}`).join('|')}`;
}

/** EPC069-12 version 002: nothing after the last element used; at most 331 bytes; 0.01 to 999999999.99 €. */
function sepaQr({ sellerName, bank, amountMicros, purpose }: QrPayment): string | null {
  const cents = amountMicros / MICROS_PER_MINOR;
  if (cents < 1n || cents > 99_999_999_999n) return null;
  const amount = `EUR${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
  const lines = [
    'BCD',
    '002',
    '1',
    'SCT',
    bank.bic,
    oneLine(sellerName, 70),
    compact(bank.accountNumber),
    amount,
    '',
    '',
    oneLine(purpose, 140),
  ];
  const text = lines.join('\n');
  return Buffer.byteLength(text) <= 331 ? text : null;
}

/** Recommendation of the Polish Bank Association: amount in grosze on six digits, so 9,999.99 zł at most. */
function polishQr({ sellerName, sellerTaxNumber, bank, amountMicros, purpose }: QrPayment): string | null {
  const grosze = amountMicros / MICROS_PER_MINOR;
  const account = compact(bank.accountNumber).replace(/^PL/, '');
  if (grosze > 999_999n || !/^\d{26}$/.test(account)) return null;
  const name = oneLine(sellerName, 20);
  const title = oneLine(purpose, 32);
  if (name.includes('|') || title.includes('|')) return null;
  return [sellerTaxNumber, 'PL', account, grosze.toString().padStart(6, '0'), name, title, '', '', ''].join('|');
}

const compact = (text: string): string => text.toUpperCase().replace(/\s/g, '');

const oneLine = (text: string, length: number): string =>
  Array.from(text.replace(/\s+/g, ' ').trim()).slice(0, length).join('');

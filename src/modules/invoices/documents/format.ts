import type { Locale } from '../../../kernel/locale.js';
import { type Currency, formatMicros, type Micros } from '../../../kernel/money.js';
import type { DocumentTexts } from '../domain/texts.js';

const SIGNS: Record<Currency, string> = { RUB: '₽', EUR: '€', PLN: 'zł', USD: 'USD', CRD: 'CRD' };
const SEPARATORS: Record<Locale, [group: string, decimal: string]> = {
  ru: [' ', ','],
  pl: [' ', ','],
  el: ['.', ','],
  en: [',', '.'],
};

/** `5 000,00 ₽`, with the separators of the language; no-break spaces keep an amount on one line. */
export function formatAmount(micros: Micros, currency: Currency, locale: Locale): string {
  const [units, decimals] = formatMicros(micros).slice(0, -4).split('.') as [string, string];
  const [group, decimal] = SEPARATORS[locale];
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, group === ' ' ? '\u00a0' : group);
  return `${grouped}${decimal}${decimals}\u00a0${SIGNS[currency]}`;
}

/** `22 %`, or the words for "without VAT". */
export function formatRate(rateBps: number | null, texts: DocumentTexts): string {
  return rateBps === null ? texts.withoutVat : `${rateBps / 100}\u00a0%`;
}

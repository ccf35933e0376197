import type { Locale } from '../../kernel/locale.js';
import { type Currency, formatMicros, type Micros } from '../../kernel/money.js';

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
  const [, decimal] = SEPARATORS[locale];
  return `${groupDigits(units, locale)}${decimal}${decimals}\u00a0${SIGNS[currency]}`;
}

/** `12 345`. */
export function formatCount(count: number, locale: Locale): string {
  return groupDigits(String(count), locale);
}

function groupDigits(digits: string, locale: Locale): string {
  const [group] = SEPARATORS[locale];
  return digits.replace(/\B(?=(\d{3})+$)/g, group === ' ' ? '\u00a0' : group);
}

/** `22 %`, or the words for "without VAT". */
export function formatRate(rateBps: number | null, withoutVat: string): string {
  return rateBps === null ? withoutVat : `${rateBps / 100}\u00a0%`;
}

/** `12.01.2026`, the way documents in all our languages write it but English, which takes ISO. */
export function formatDay(day: string, locale: Locale): string {
  return locale === 'en' ? day : day.split('-').reverse().join('.');
}

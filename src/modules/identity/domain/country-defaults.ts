import type { Locale } from '../../../kernel/locale.js';
import type { Currency } from '../../../kernel/money.js';

const EURO = new Set('AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK'.split(' '));

/** The currency in which an account of that country starts, unless it says otherwise. */
export function currencyOf(country: string): Currency {
  if (country === 'RU' || country === 'BY') return 'RUB';
  if (country === 'PL') return 'PLN';
  return EURO.has(country) ? 'EUR' : 'USD';
}

const LOCALE_OF: Record<string, Locale> = { RU: 'ru', BY: 'ru', KZ: 'ru', PL: 'pl', GR: 'el', CY: 'el' };

/** The language of a country among ours. */
export function localeOf(country: string): Locale {
  return LOCALE_OF[country] ?? 'en';
}

import { CURRENCIES, type Currency } from '../../../kernel/money.js';

/** What one part to a prefix costs in each currency, as decimal strings. The empty prefix is everywhere else. */
interface DefaultPrice {
  prefix: string;
  country: string;
  RUB: string;
  EUR: string;
  PLN: string;
  USD: string;
}

export const DEFAULT_TARIFF_CURRENCIES = ['RUB', 'EUR', 'PLN', 'USD'] as const satisfies readonly Currency[];

/** The price list that a fresh installation sells by, until the operator enters its own. */
export const DEFAULT_PRICES: readonly DefaultPrice[] = [
  { prefix: '7', country: 'RU', RUB: '3.90', EUR: '0.0410', PLN: '0.1780', USD: '0.0450' },
  { prefix: '77', country: 'KZ', RUB: '12.50', EUR: '0.1300', PLN: '0.5650', USD: '0.1430' },
  { prefix: '375', country: 'BY', RUB: '14.20', EUR: '0.1480', PLN: '0.6430', USD: '0.1630' },
  { prefix: '48', country: 'PL', RUB: '3.40', EUR: '0.0330', PLN: '0.1400', USD: '0.0360' },
  { prefix: '30', country: 'GR', RUB: '4.60', EUR: '0.0450', PLN: '0.1950', USD: '0.0500' },
  { prefix: '357', country: 'CY', RUB: '4.10', EUR: '0.0400', PLN: '0.1740', USD: '0.0440' },
  { prefix: '49', country: 'DE', RUB: '8.30', EUR: '0.0790', PLN: '0.3430', USD: '0.0870' },
  { prefix: '44', country: 'GB', RUB: '4.90', EUR: '0.0470', PLN: '0.2040', USD: '0.0520' },
  { prefix: '380', country: 'UA', RUB: '11.20', EUR: '0.1080', PLN: '0.4690', USD: '0.1190' },
  { prefix: '1', country: 'US', RUB: '1.10', EUR: '0.0110', PLN: '0.0480', USD: '0.0120' },
  { prefix: '', country: '', RUB: '15.00', EUR: '0.1500', PLN: '0.6500', USD: '0.1650' },
];

/** Traffic over providers that the accounts own is free of charge until the operator enters a fee. */
export const OWN_TRAFFIC_CURRENCIES = CURRENCIES;

/** Instant from which default prices hold: before anything that a message could be priced at. */
export const DEFAULT_PRICES_FROM = new Date('2020-01-01T00:00:00Z');

/** What the standard tariffs include: all that there is, until the operator sells a part of it as an option. */
export const DEFAULT_FEATURES = ['missed_call_apologies', 'sales_tools'] as const;

import { DomainError } from './domain-error.js';

/** Micro-units (10^-6) of a currency. Never a float. */
export type Micros = bigint;

export interface Money {
  micros: Micros;
  currency: Currency;
}

/** ISO 4217 codes that are sold in, and CRD: credits, a currency of their own. */
export const CURRENCIES = ['RUB', 'EUR', 'PLN', 'USD', 'CRD'] as const;
export type Currency = (typeof CURRENCIES)[number];

export const MICROS_PER_UNIT = 1_000_000n;
/** Micro-units in the smallest coin of a currency (kopeck, cent, grosz). */
export const MICROS_PER_MINOR = 10_000n;
/** 10^12 units: far above any wallet, far below the limit of a 64-bit column. */
export const MAX_MICROS = 1_000_000_000_000n * MICROS_PER_UNIT;

const AMOUNT = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/;

/** Reads a decimal string with at most six decimals. Refuses signs of plus, exponents, blanks, commas and anything over {@link MAX_MICROS}. */
export function parseMicros(amount: string): Micros {
  const match = AMOUNT.exec(amount);
  if (!match) throw new DomainError('invalid', 'invalid_amount');
  const micros = BigInt(match[2]!) * MICROS_PER_UNIT + BigInt((match[3] ?? '').padEnd(6, '0'));
  if (micros > MAX_MICROS) throw new DomainError('invalid', 'invalid_amount');
  return match[1] ? -micros : micros;
}

/** Six decimals, always: `"0.033300"`. */
export function formatMicros(micros: Micros): string {
  const sign = micros < 0n ? '-' : '';
  const absolute = micros < 0n ? -micros : micros;
  return `${sign}${absolute / MICROS_PER_UNIT}.${(absolute % MICROS_PER_UNIT).toString().padStart(6, '0')}`;
}

/** Divides and rounds half away from zero. The one place of the product that rounds. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError('divisor must be positive');
  const negative = dividend < 0n;
  const absolute = negative ? -dividend : dividend;
  const rounded = (absolute * 2n + divisor) / (divisor * 2n);
  return negative ? -rounded : rounded;
}

/** Rounds to whole kopecks, cents or grosze, as documents need it. */
export function roundToMinor(micros: Micros): Micros {
  return divideRounded(micros, MICROS_PER_MINOR) * MICROS_PER_MINOR;
}

import { divideRounded, MAX_MICROS } from '../../../kernel/money.js';

export const ISO_CURRENCY = /^[A-Z]{3}$/;

/** A provider's price, which some write as a negative amount and with more than six decimals. Undefined when it is none. */
export function readCost(text: string | null): bigint | undefined {
  const [, whole, decimals = ''] = /^[-+]?(\d{1,12})(?:[.,](\d{1,12}))?$/.exec(text ?? '') ?? [];
  if (whole === undefined) return undefined;
  const micros = divideRounded(BigInt(whole + decimals.padEnd(12, '0')), 1_000_000n);
  return micros > MAX_MICROS ? undefined : micros;
}

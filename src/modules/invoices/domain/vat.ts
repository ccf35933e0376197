import { divideRounded, type Micros, MICROS_PER_MINOR } from '../../../kernel/money.js';

/** VAT of one category of a document. `rateBps` null: sold without VAT. */
export interface VatBreakdown {
  rateBps: number | null;
  netMicros: Micros;
  vatMicros: Micros;
  grossMicros: Micros;
}

const BPS = 10_000n;

/** Net amount plus VAT, rounded once to two decimals (EN 16931, BR-CO-17). `net` has at most two decimals. */
export function addVat(netMicros: Micros, rateBps: number | null): VatBreakdown {
  assertMinor(netMicros);
  const vatMicros =
    rateBps === null ? 0n : divideRounded((netMicros / MICROS_PER_MINOR) * BigInt(rateBps), BPS) * MICROS_PER_MINOR;
  return { rateBps, netMicros, vatMicros, grossMicros: netMicros + vatMicros };
}

/**
 * The VAT that a gross amount contains: gross × rate / (1 + rate), rounded once to two decimals. The net amount is what is
 * left, so that net + VAT is the gross to the last coin. `gross` has at most two decimals.
 */
export function extractVat(grossMicros: Micros, rateBps: number | null): VatBreakdown {
  assertMinor(grossMicros);
  const rate = BigInt(rateBps ?? 0);
  const vatMicros = divideRounded((grossMicros / MICROS_PER_MINOR) * rate, BPS + rate) * MICROS_PER_MINOR;
  return { rateBps, netMicros: grossMicros - vatMicros, vatMicros, grossMicros };
}

function assertMinor(micros: Micros): void {
  if (micros % MICROS_PER_MINOR !== 0n) throw new RangeError('a document amount has at most two decimals');
}

import type { Micros } from '../../../kernel/money.js';
import type { Lot } from './lots.js';

/** What was used of a service in a month, as far as it is not refunded by now. */
export interface Usage {
  /** Month and service, `YYYY-MM-01 sms`: sorted as texts they stand in the order in which they are paid. */
  slot: string;
  micros: Micros;
  /** Parts of messages, or services bought. */
  quantity: bigint;
}

/** What of a slot's usage lies over a lot. */
export interface Share extends Usage {
  lot: Lot;
}

/**
 * Lays usage, slot by slot, over lots, end to end: the oldest money pays the oldest usage. Quantities follow the money, rounded so that
 * the shares of a slot add up to its quantity. What lies beyond the last lot is unpaid: shares and unpaid add up to the usage.
 */
export function attribute(usage: readonly Usage[], lots: readonly Lot[]): { shares: Share[]; unpaidMicros: Micros } {
  const shares: Share[] = [];
  let from = 0n;
  for (const used of usage) {
    const until = from + used.micros;
    let begin = 0n;
    for (const lot of lots) {
      const end = begin + lot.micros;
      const [a, b] = [clamp(from, begin, end), clamp(until, begin, end)];
      begin = end;
      if (a === b) continue;
      shares.push({
        lot,
        slot: used.slot,
        micros: b - a,
        quantity: quantityAt(used, b - from) - quantityAt(used, a - from),
      });
    }
    from = until;
  }
  const covered = shares.reduce((sum, { micros }) => sum + micros, 0n);
  return { shares, unpaidMicros: from - covered };
}

/** How much had been used when so much of the slot's money had. */
const quantityAt = ({ micros, quantity }: Usage, offset: Micros): bigint => (quantity * offset) / micros;

const clamp = (value: bigint, low: bigint, high: bigint): bigint => (value < low ? low : value > high ? high : value);

import type { Micros } from '../../../kernel/money.js';

/** Money that came into a wallet, less what was taken out again. */
export interface Lot {
  /** `free`: a promotion or a correction in the account's favour, which nobody paid. */
  kind: 'paid' | 'free';
  /** Null also for paid money that no payment was recorded for. */
  paymentId: string | null;
  micros: Micros;
}

/** What happened to a wallet's money apart from usage, in the order of its history. Amounts are positive. */
export type FundsEvent =
  | ({ do: 'in' } & Lot)
  /** The bank took money back: from the payment named, else from the newest that was paid. */
  | { do: 'reversed'; paymentId: string | null; micros: Micros }
  /** A correction against the account: from what was free first. */
  | { do: 'corrected'; micros: Micros };

/**
 * The lots that are left, in the order in which they came; empty ones stay. What is taken out shortens them from the newest on. More
 * than there is may be taken out (a credit limit): then the next money fills that hole first, and is a lot for the rest.
 */
export function lotsOf(events: readonly FundsEvent[]): Lot[] {
  const lots: Lot[] = [];
  let hole = 0n;
  for (const event of events) {
    if (event.do === 'in') {
      const filled = min(hole, event.micros);
      hole -= filled;
      lots.push({ kind: event.kind, paymentId: event.paymentId, micros: event.micros - filled });
    } else hole += takeOut(lots, event.micros, preferences(event));
  }
  return lots;
}

type Preference = (lot: Lot) => boolean;

function preferences(event: Exclude<FundsEvent, { do: 'in' }>): Preference[] {
  if (event.do === 'corrected') return [({ kind }) => kind === 'free', () => true];
  const named: Preference = ({ paymentId }) => paymentId !== null && paymentId === event.paymentId;
  return [named, ({ kind }) => kind === 'paid', () => true];
}

/** Shortens lots, newest first, those of the first preference before others. Answers what could not be taken. */
function takeOut(lots: readonly Lot[], micros: Micros, order: readonly Preference[]): Micros {
  let left = micros;
  for (const prefers of order) {
    for (const lot of lots.filter(prefers).toReversed()) {
      const taken = min(left, lot.micros);
      lot.micros -= taken;
      left -= taken;
    }
  }
  return left;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

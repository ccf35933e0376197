import type { Micros } from '../../../kernel/money.js';

export const ENTRY_KINDS = [
  'top_up',
  'hold',
  'capture',
  'release',
  'refund',
  'reserve',
  'unreserve',
  'adjustment',
  'bank_reversal',
  'purchase',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Ledger accounts outside a wallet: one per tenant and currency, kept as postings alone. */
export type CounterAccount = 'revenue' | 'bank' | 'adjustments' | 'promotions';

/** What an entry is for, as other modules name it: a message, a payment, an adjustment. */
export interface Subject {
  kind: string;
  id: string;
}

/** Signed effect of one entry on one wallet; whatever does not stay in the wallet is the counter account's leg. */
export interface Movement {
  kind: EntryKind;
  availableMicros: Micros;
  heldMicros: Micros;
  counter: CounterAccount | null;
}

const movement = (
  kind: EntryKind,
  availableMicros: Micros,
  heldMicros: Micros,
  counter: CounterAccount | null,
): Movement => ({ kind, availableMicros, heldMicros, counter });

/** The only movements there are. Amounts are positive, but for adjustments, which carry their sign. */
export const movements = {
  hold: (micros: Micros) => movement('hold', -micros, micros, null),
  reserve: (micros: Micros) => movement('reserve', -micros, micros, null),
  unreserve: (micros: Micros) => movement('unreserve', micros, -micros, null),
  release: (micros: Micros) => movement('release', micros, -micros, null),
  capture: (micros: Micros) => movement('capture', 0n, -micros, 'revenue'),
  refund: (micros: Micros) => movement('refund', micros, 0n, 'revenue'),
  topUp: (micros: Micros, from: 'bank' | 'promotions') => movement('top_up', micros, 0n, from),
  adjustment: (micros: Micros) => movement('adjustment', micros, 0n, 'adjustments'),
  bankReversal: (micros: Micros) => movement('bank_reversal', -micros, 0n, 'bank'),
  purchase: (micros: Micros) => movement('purchase', -micros, 0n, 'revenue'),
};

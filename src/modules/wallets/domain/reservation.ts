import type { Currency, Micros } from '../../../kernel/money.js';

/** Funds set aside for a whole campaign, part of its wallet's held money. Messages draw from it without a posting. */
export interface Reservation {
  accountId: string;
  id: string;
  walletId: string;
  currency: Currency;
  subjectKind: string;
  subjectId: string;
  amountMicros: Micros;
  remainingMicros: Micros;
  state: 'open' | 'closed';
}

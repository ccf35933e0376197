import type { Currency } from '../../../kernel/money.js';
import type { WeeklyHours, WeeklyWindow } from '../../../kernel/time-window.js';
import type { Locale } from '../../../kernel/locale.js';

export type AccountKind = 'customer' | 'platform';
export type AccountStatus = 'active' | 'suspended' | 'closed';

/** What becomes of messages that the wallet cannot pay, where the caller does not say: refused, or waiting for funds while they are valid. */
export const FUNDS_CHOICES = ['partial', 'wait'] as const;
export type FundsChoice = (typeof FUNDS_CHOICES)[number];

/** What other modules may know of an account. A few seconds old at most; never a lock. */
export interface AccountSnapshot {
  id: string;
  kind: AccountKind;
  status: AccountStatus;
  portalId: string | null;
  name: string;
  country: string;
  currency: Currency;
  locale: Locale;
  timeZone: string;
  /** The sender of messages that name none; approved, or the platform's standard one. */
  defaultSender: string;
  /** The account's own sending hours; null: no limit of its own. */
  sendingWindow: WeeklyWindow | null;
  /** When its messages may reach their recipients, by the clock of each; null: whenever. */
  recipientHours: WeeklyHours | null;
  onInsufficientFunds: FundsChoice;
  /** What may leave in a second, over all links, in what the peer counts; null: no limit of its own. */
  ratePerSecond: number | null;
}

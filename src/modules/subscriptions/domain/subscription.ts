import type { Currency, Micros } from '../../../kernel/money.js';
import { type Anchor, monthlyPeriodEnd } from './periods.js';
import type { Buyer, SoldKind } from './service.js';

/** In the order in which lists show them. */
export const SUBSCRIPTION_STATUSES = ['active', 'waiting_funds', 'cancelled', 'ended'] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

export interface Subscription {
  accountId: string;
  id: string;
  serviceId: string;
  kind: SoldKind;
  status: SubscriptionStatus;
  boughtBy: Buyer;
  timeZone: string;
  /** Local day, `YYYY-MM-DD`. */
  anchorDay: string;
  currency: Currency;
  /** Of the last charged period, VAT included. */
  priceMicros: Micros;
  /** How many periods were charged; the last of them is the one below. */
  periodNo: number;
  periodStart: Date;
  periodEnd: Date;
  cancelAtPeriodEnd: boolean;
  /** When somebody has to look at it again; null once it is over. */
  nextAt: Date | null;
  /** While it waits for funds: until when its service goes on. */
  graceUntil: Date | null;
  endedAt: Date | null;
  createdAt: Date;
}

export interface Period {
  no: number;
  startsAt: Date;
  endsAt: Date;
}

/** What has to be done with a running subscription at an instant. */
export type Due =
  | { do: 'nothing' }
  | { do: 'end'; status: 'cancelled' | 'ended'; at: Date }
  | { do: 'charge'; period: Period };

export function whatIsDue(subscription: Subscription, now: Date): Due {
  const { kind, periodEnd, periodNo, cancelAtPeriodEnd, graceUntil } = subscription;
  if (periodEnd > now) return { do: 'nothing' };
  if (cancelAtPeriodEnd) return { do: 'end', status: 'cancelled', at: periodEnd };
  if (kind === 'one_off') return { do: 'end', status: 'ended', at: periodEnd };
  // Before anything is charged: the service was off since, and nobody pays for that.
  if (graceUntil && graceUntil <= now) return { do: 'end', status: 'ended', at: graceUntil };
  const no = periodNo + 1;
  return { do: 'charge', period: { no, startsAt: periodEnd, endsAt: monthlyPeriodEnd(anchorOf(subscription), no) } };
}

export const anchorOf = ({ anchorDay, timeZone }: Subscription): Anchor => ({ day: anchorDay, timeZone });

import type { Currency } from '../../../kernel/money.js';
import type { WeeklyHours, WeeklyWindow } from '../../../kernel/time-window.js';
import type { Locale } from '../../../kernel/locale.js';
import type { AccountKind, AccountSnapshot, AccountStatus, FundsChoice } from '../domain/account.js';

export const SNAPSHOT_COLUMNS = `id, kind, status, portal_id, name, country, currency, locale, time_zone, default_sender, sending_window, recipient_hours, on_insufficient_funds, rate_per_second`;

export interface SnapshotRow {
  id: string;
  kind: AccountKind;
  status: AccountStatus;
  portal_id: string | null;
  name: string;
  country: string;
  currency: Currency;
  locale: Locale;
  time_zone: string;
  default_sender: string;
  sending_window: WeeklyWindow | null;
  recipient_hours: WeeklyHours | null;
  on_insufficient_funds: FundsChoice;
  rate_per_second: number | null;
}

export function toSnapshot(row: SnapshotRow): AccountSnapshot {
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    portalId: row.portal_id,
    name: row.name,
    country: row.country,
    currency: row.currency,
    locale: row.locale,
    timeZone: row.time_zone,
    defaultSender: row.default_sender,
    sendingWindow: row.sending_window,
    recipientHours: row.recipient_hours,
    onInsufficientFunds: row.on_insufficient_funds,
    ratePerSecond: row.rate_per_second,
  };
}

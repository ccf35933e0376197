import type { Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import type { Locale } from '../../../kernel/locale.js';
import type { Currency } from '../../../kernel/money.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import type { AccountAudit } from '../account-audit.js';
import type { AccountOpenings } from '../account-openings.js';
import type { AccountSnapshot } from '../domain/account.js';
import { SNAPSHOT_COLUMNS, toSnapshot, type SnapshotRow } from '../persistence/account-row.js';

export interface CreateAccount {
  name: string;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  currency: Currency;
  locale: Locale;
  /** IANA name. */
  timeZone: string;
  portalId?: string | null;
  externalId?: string | null;
  /** Absent: the platform's own sender name. */
  defaultSender?: string;
  sendingWindow?: WeeklyWindow | null;
  /** Where reports and notices about the account go. */
  email?: string | null;
  /** E.164 digits. */
  phone?: string | null;
  address?: string | null;
  actor: Actor;
}

const INSERT = `
  INSERT INTO accounts (id, portal_id, kind, status, name, external_id, country, currency, locale, time_zone,
                        default_sender, sending_window, email, phone, address, created_at, updated_at)
  VALUES ($1, $2, 'customer', 'active', $3, $4, $5, $6, $7, $8,
          coalesce($9, (SELECT default_sender FROM accounts WHERE kind = 'platform')), $10, $11, $12, $13, $14, $14)
  ON CONFLICT (portal_id, external_id) WHERE external_id IS NOT NULL DO NOTHING
  RETURNING ${SNAPSHOT_COLUMNS}`;

/** Opens a customer account with its audit row and whatever the listeners of `openings` owe it, in one transaction. */
export async function openAccount(
  tx: Tx,
  openings: AccountOpenings,
  audit: AccountAudit,
  input: CreateAccount,
  now: Date,
): Promise<AccountSnapshot> {
  const [row] = await tx.query<SnapshotRow>(INSERT, [
    newId(now),
    input.portalId ?? null,
    input.name,
    input.externalId ?? null,
    input.country,
    input.currency,
    input.locale,
    input.timeZone,
    input.defaultSender ?? null,
    input.sendingWindow ? JSON.stringify(input.sendingWindow) : null,
    input.email ?? null,
    input.phone ?? null,
    input.address ?? null,
    now,
  ]);
  if (!row) throw new DomainError('conflict', 'external_id_taken');
  const account = toSnapshot(row);
  await audit.record(tx, {
    accountId: account.id,
    actor: input.actor,
    action: 'account.opened',
    subject: `account:${account.id}`,
  });
  await openings.announce(tx, account, now);
  return account;
}

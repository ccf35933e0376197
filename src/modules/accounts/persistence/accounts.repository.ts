import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { AccountStatus } from '../domain/account.js';
import { SNAPSHOT_COLUMNS, type SnapshotRow } from './account-row.js';

/** An account as its own pages and the operator's show it. */
export interface AccountRow extends SnapshotRow {
  external_id: string | null;
  email: string | null;
  phone: string | null;
  address: string | null;
  status_reason: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

export type AccountChange = Partial<
  Pick<
    AccountRow,
    | 'name'
    | 'email'
    | 'phone'
    | 'address'
    | 'locale'
    | 'time_zone'
    | 'sending_window'
    | 'recipient_hours'
    | 'default_sender'
    | 'on_insufficient_funds'
    | 'rate_per_second'
    | 'external_id'
    | 'portal_id'
    | 'status'
    | 'status_reason'
  >
>;

export interface AccountFilter {
  portalId?: string;
  status?: AccountStatus;
  /** Part of the name, whatever the case. */
  search?: string;
}

export interface AuditRow {
  id: string;
  at: Date;
  actor_kind: 'user' | 'api_key' | 'staff' | 'system';
  actor_id: string | null;
  action: string;
  subject: string;
  details: Record<string, unknown>;
}

const COLUMNS = `${SNAPSHOT_COLUMNS}, external_id, email, phone, address, status_reason, version, created_at, updated_at`;

const JSON_COLUMNS: ReadonlySet<keyof AccountChange> = new Set(['sending_window', 'recipient_hours']);

type On = Pick<Tx, 'query'>;

@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, on: On = this.database): Promise<AccountRow | undefined> {
    const [row] = await on.query<AccountRow>(`SELECT ${COLUMNS} FROM accounts WHERE id = $1`, [id]);
    return row;
  }

  /** Keyset by id, oldest first; one row more than `limit`. */
  list(filter: AccountFilter, after: string | null, limit: number): Promise<AccountRow[]> {
    return this.database.query<AccountRow>(
      `SELECT ${COLUMNS} FROM accounts
       WHERE ($1::uuid IS NULL OR id > $1) AND ($2::uuid IS NULL OR portal_id = $2) AND ($3::text IS NULL OR status = $3)
         AND ($4::text IS NULL OR position(lower($4) IN lower(name)) > 0)
       ORDER BY id LIMIT $5`,
      [after, filter.portalId ?? null, filter.status ?? null, filter.search ?? null, limit + 1],
    );
  }

  /** Writes what is given, if the version is still `version`. Undefined when no row changed. */
  async update(
    tx: Tx,
    key: { id: string; version: number },
    change: AccountChange,
    now: Date,
  ): Promise<AccountRow | undefined> {
    const columns = Object.keys(change) as (keyof AccountChange)[];
    const sets = columns.map((column, index) => `${column} = $${index + 4}`);
    const values = columns.map((column) => (JSON_COLUMNS.has(column) ? toJson(change[column]) : change[column]));
    const [row] = await tx.query<AccountRow>(
      `UPDATE accounts SET ${[...sets, 'version = version + 1', 'updated_at = $3'].join(', ')}
       WHERE id = $1 AND version = $2 RETURNING ${COLUMNS}`,
      [key.id, key.version, now, ...values],
    );
    return row;
  }

  /** Before the platform's standard sender changes: every account that shows the old one shows the new one. */
  async followStandardSender(tx: Tx, sender: string, now: Date): Promise<void> {
    await tx.query(
      `UPDATE accounts SET default_sender = $1, version = version + 1, updated_at = $2
       WHERE kind = 'customer' AND default_sender = (SELECT default_sender FROM accounts WHERE kind = 'platform')`,
      [sender, now],
    );
  }

  /**
   * Makes `sender` the default, null: the platform's standard one. With `instead`, only where that is the default now. Undefined
   * when nothing changed, else the default from now on.
   */
  async setDefaultSender(
    tx: Tx,
    id: string,
    { sender, instead = null }: { sender: string | null; instead?: string | null },
    now: Date,
  ): Promise<string | undefined> {
    const [row] = await tx.query<{ default_sender: string }>(
      `UPDATE accounts
          SET default_sender = COALESCE($2, (SELECT default_sender FROM accounts WHERE kind = 'platform')),
              version = version + 1, updated_at = $4
        WHERE id = $1 AND ($3::text IS NULL OR default_sender = $3) RETURNING default_sender`,
      [id, sender, instead, now],
    );
    return row?.default_sender;
  }

  /** Newest first; one row more than `limit`. */
  audit(accountId: string, before: string | null, limit: number): Promise<AuditRow[]> {
    return this.database.query<AuditRow>(
      `SELECT id, at, actor_kind, actor_id, action, subject, details FROM account_audit
       WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [accountId, before, limit + 1],
    );
  }
}

const toJson = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

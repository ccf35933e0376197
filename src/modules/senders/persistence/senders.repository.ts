import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import type { SenderStatus } from '../domain/sender-status.js';
import { RATE_OF_SENDER } from './sender-rates.repository.js';

export interface SenderRow {
  account_id: string;
  id: string;
  sender: string;
  /** null: any country. */
  country: string | null;
  status: SenderStatus;
  purpose: string | null;
  /** Becomes the default when it is approved. */
  as_default: boolean;
  reason: string | null;
  requested_at: Date;
  decided_at: Date | null;
  ended_at: Date | null;
  /** Of this name and country, whatever became of the row; null: no rate of its own. */
  rate_per_second: number | null;
}

const COLUMNS = `senders.*, ${RATE_OF_SENDER}`;

type NewRow = Pick<SenderRow, 'account_id' | 'id' | 'sender' | 'country' | 'purpose' | 'as_default' | 'requested_at'>;

export interface SenderFilter {
  accountId: string | null;
  status: SenderStatus | null;
}

@Injectable()
export class SendersRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, row: NewRow): Promise<SenderRow> {
    const [written] = await tx.query<SenderRow & Record<string, unknown>>(
      `INSERT INTO senders (account_id, id, sender, country, status, purpose, as_default, requested_at)
       VALUES ($1, $2, $3, $4, 'requested', $5, $6, $7) RETURNING ${COLUMNS}`,
      [row.account_id, row.id, row.sender, row.country, row.purpose, row.as_default, row.requested_at],
    );
    return written!;
  }

  /** Requested or approved ones of an account. */
  async countActive(tx: Tx, accountId: string): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM senders WHERE account_id = $1 AND status IN ('requested', 'approved')`,
      [accountId],
    );
    return row!.count;
  }

  async find(accountId: string, id: string): Promise<SenderRow | undefined> {
    const [row] = await this.database.query<SenderRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM senders WHERE account_id = $1 AND id = $2`,
      [accountId, id],
    );
    return row;
  }

  /**
   * Locks the row with all others of the account that have the same name, in the order of their ids: whether a name is approved
   * anywhere is decided by one transaction at a time.
   */
  async lockName(tx: Tx, accountId: string, id: string): Promise<SenderRow[]> {
    return tx.query<SenderRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM senders
        WHERE account_id = $1 AND sender = (SELECT sender FROM senders WHERE account_id = $1 AND id = $2)
        ORDER BY id FOR UPDATE`,
      [accountId, id],
    );
  }

  async move(
    tx: Tx,
    { account_id: accountId, id }: SenderRow,
    to: Exclude<SenderStatus, 'requested'>,
    reason: string | null,
    now: Date,
  ): Promise<SenderRow> {
    const [row] = await tx.query<SenderRow & Record<string, unknown>>(
      `UPDATE senders
          SET status = $3, reason = $4,
              decided_at = CASE WHEN $3 = 'withdrawn' THEN decided_at ELSE COALESCE(decided_at, $5) END,
              ended_at = CASE WHEN $3 IN ('withdrawn', 'revoked') THEN $5::timestamptz END
        WHERE account_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [accountId, id, to, reason, now],
    );
    return row!;
  }

  /** Approves a name for every country, unless it is the platform's standard one, or approved like that already. */
  async approveGiven(tx: Tx, accountId: string, sender: string, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO senders (account_id, id, sender, country, status, as_default, requested_at, decided_at)
       SELECT $1::uuid, $2::uuid, $3::text, NULL, 'approved', true, $4::timestamptz, $4::timestamptz
        WHERE $3::text <> (SELECT default_sender FROM accounts WHERE kind = 'platform')
       ON CONFLICT (account_id, sender, COALESCE(country, '')) WHERE status IN ('requested', 'approved')
       DO UPDATE SET status = 'approved', decided_at = COALESCE(senders.decided_at, EXCLUDED.decided_at)`,
      [accountId, newId(now), sender, now],
    );
  }

  /** Newest first; one row more than `limit`. */
  list({ accountId, status }: SenderFilter, before: string | null, limit: number): Promise<SenderRow[]> {
    return this.database.query<SenderRow & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM senders
        WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::text IS NULL OR status = $2) AND ($3::uuid IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4`,
      [accountId, status, before, limit + 1],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';

/** Why a list cannot be used: a stable code, with what it says about the file. */
export type ListError = { code: string } & Record<string, unknown>;

/** No upload lasts that long: the gateway cuts a request off after ten minutes. */
const ABANDONED_MS = 60 * 60_000;
/** Rows removed at once: few enough that nobody waits for them, and that no old snapshot is held. */
const SLICE = 10_000;

/**
 * Ends uploads that failed: first the list is marked, so that nothing more is added to it, then its rows go, slice by slice,
 * then it is `failed`. A process that dies on the way leaves a list that {@link sweep} finishes.
 */
@Injectable()
export class DiscardLists {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async discard(accountId: string, id: string, error: ListError): Promise<void> {
    await this.database.query(
      `UPDATE recipient_lists SET error = $3 WHERE account_id = $1 AND id = $2 AND state = 'receiving'`,
      [accountId, id, JSON.stringify(error)],
    );
    await this.removeRows(accountId, id);
  }

  /** Uploads whose process is gone. */
  async sweep(now: Date): Promise<{ discarded: number }> {
    const lists = await this.database.query<{ account_id: string; id: string }>(
      `UPDATE recipient_lists SET error = coalesce(error, '{"code":"upload_interrupted"}')
       WHERE state = 'receiving' AND created_at < $1 RETURNING account_id, id`,
      [new Date(now.getTime() - ABANDONED_MS)],
    );
    for (const list of lists) await this.removeRows(list.account_id, list.id);
    return { discarded: lists.length };
  }

  private async removeRows(accountId: string, id: string): Promise<void> {
    while ((await this.removeSlice(accountId, id)) === SLICE);
    await this.database.query(
      `UPDATE recipient_lists SET state = 'failed', finished_at = $3 WHERE account_id = $1 AND id = $2 AND state = 'receiving'`,
      [accountId, id, this.clock.now()],
    );
  }

  private async removeSlice(accountId: string, id: string): Promise<number> {
    const [row] = await this.database.query<{ removed: number }>(
      `WITH gone AS (
         DELETE FROM recipient_list_rows WHERE account_id = $1 AND list_id = $2 AND row_no IN (
           SELECT row_no FROM recipient_list_rows WHERE account_id = $1 AND list_id = $2 ORDER BY row_no LIMIT $3)
         RETURNING 1)
       SELECT count(*)::int AS removed FROM gone`,
      [accountId, id, SLICE],
    );
    return row!.removed;
  }
}

/** Whether rows may still be added, asked in the transaction that adds them: whoever discards the list waits for it. */
export async function isReceiving(tx: Tx, accountId: string, id: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 AS one FROM recipient_lists WHERE account_id = $1 AND id = $2 AND state = 'receiving' AND error IS NULL FOR SHARE`,
    [accountId, id],
  );
  return rows.length === 1;
}

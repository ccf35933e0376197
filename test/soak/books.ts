import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const FINAL = ['delivered', 'undelivered', 'expired', 'rejected', 'cancelled', 'blocked'];

/** A message as the product's rows tell it at the end. */
export interface BookedMessage {
  id: string;
  recipient: string;
  state: string;
  reason: string | null;
  chargeState: string;
  parts: number;
  mayRepeat: boolean;
}

/** What is still going on. */
export interface OpenWork {
  /** Messages in no final state, by state. */
  messages: Record<string, number>;
  queued: number;
  unknown: number;
  reports: number;
}

/** Reads the product's database while it is crashed and stopped: asks again until it answers. */
export class Books {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 5_000 });
    // An idle connection that breaks is what this run is about.
    this.pool.on('error', () => undefined);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Messages that some worker is writing: the mark of their line is past them, and they are not settled. */
  async inFlight(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM message_queue q JOIN sending_lines l ON l.id = q.claimed_by AND q.fence <= l.mark`,
    );
    return row!.count;
  }

  /** Messages of which a part was never explained: they were unknown too, however soon a report about another part ended that. */
  async neverExplained(): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      `SELECT DISTINCT message_id AS id FROM attempt_parts WHERE state = 'unknown'`,
    );
    return rows.map(({ id }) => id);
  }

  async unknown(): Promise<string[]> {
    const rows = await this.query<{ id: string }>(
      'SELECT message_id AS id FROM unknown_outcomes WHERE closed_at IS NULL',
    );
    return rows.map(({ id }) => id);
  }

  /** Reports that match nothing are kept and tried for an hour: only those that were never looked at count. */
  async open(): Promise<OpenWork> {
    const states = await this.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM messages WHERE state <> ALL ($1) GROUP BY state',
      [FINAL],
    );
    const [rest] = await this.query<Omit<OpenWork, 'messages'>>(`
      SELECT (SELECT count(*)::int FROM message_queue) AS queued,
             (SELECT count(*)::int FROM unknown_outcomes WHERE closed_at IS NULL) AS unknown,
             (SELECT count(*)::int FROM report_inbox WHERE tries = 0) AS reports`);
    return { messages: Object.fromEntries(states.map(({ state, count }) => [state, count])), ...rest! };
  }

  messages(accountId: string): Promise<BookedMessage[]> {
    return this.query<BookedMessage>(
      `SELECT id, recipient, state, reason, charge_state AS "chargeState", parts::int,
              delivery_policy = 'at_least_once' AS "mayRepeat"
         FROM messages WHERE account_id = $1 AND state <> 'blocked'`,
      [accountId],
    );
  }

  /** Prices that are still set aside, as wallets and as messages say. */
  async held(): Promise<{ wallets: bigint; messages: bigint }> {
    const [row] = await this.query<{ wallets: string; messages: string }>(`
      SELECT (SELECT COALESCE(sum(held_micros), 0) FROM wallets)::text AS wallets,
             (SELECT COALESCE(sum(price_micros), 0) FROM messages WHERE charge_state = 'held')::text AS messages`);
    return { wallets: BigInt(row!.wallets), messages: BigInt(row!.messages) };
  }

  private async query<R extends object>(sql: string, values: unknown[] = []): Promise<R[]> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return (await this.pool.query<R>(sql, values)).rows;
      } catch (error) {
        // Away, starting or stopping; anything else is a mistake of ours.
        const { code = '' } = error as { code?: string };
        const away = code === '' || code.startsWith('57P') || code.startsWith('08') || /^E[A-Z]+$/.test(code);
        if (!away || performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { CapBook, type SendCap } from '../domain/caps.js';

/** For how long a process may go by what it read. */
const CACHE_MS = 5_000;
/** Nobody looks at older counters. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** A cap as staff see it. */
export interface StoredCap extends SendCap {
  id: string;
  updatedAt: Date;
}

const COLUMNS = `id, account_id AS "accountId", traffic, country, max_per_day AS "maxPerDay", updated_at AS "updatedAt"`;

/** The caps that the operator sets: for one account or for all. Other processes follow within seconds. */
@Injectable()
export class SendCaps {
  private cached?: { book: Promise<CapBook>; until: number };

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
  ) {}

  /** What is in force, a few seconds old at most. One read for all who ask at once. */
  book(): Promise<CapBook> {
    if (!this.cached || this.cached.until < performance.now()) {
      const cached = { book: this.read(), until: performance.now() + CACHE_MS };
      this.cached = cached;
      cached.book.catch(() => {
        if (this.cached === cached) this.cached = undefined;
      });
    }
    return this.cached.book;
  }

  /** By id; one row more than `limit`. */
  list(accountId: string | null, after: string | null, limit: number): Promise<StoredCap[]> {
    return this.database.query<StoredCap & Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM send_caps
        WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [accountId, after, limit + 1],
    );
  }

  /** Sets a cap, in place of the one for the same account, traffic and country. Refuses an unknown account: not_found. */
  async set(actor: Actor, cap: SendCap): Promise<StoredCap> {
    if (cap.accountId !== null) await this.accounts.get(cap.accountId);
    const now = this.clock.now();
    return this.write(actor, 'send_cap.set', [
      `INSERT INTO send_caps (id, account_id, traffic, country, max_per_day, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (COALESCE(account_id, '00000000-0000-0000-0000-000000000000'), traffic, country)
       DO UPDATE SET max_per_day = EXCLUDED.max_per_day, updated_at = EXCLUDED.updated_at
       RETURNING ${COLUMNS}`,
      [newId(now), cap.accountId, cap.traffic, cap.country, cap.maxPerDay, now],
    ]);
  }

  /** Refuses an unknown one: not_found `send_cap_not_found`. */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.write(actor, 'send_cap.removed', [`DELETE FROM send_caps WHERE id = $1 RETURNING ${COLUMNS}`, [id]]);
  }

  /** Forgets counters of days long past; answers how many. */
  async forgetCounts(now: Date): Promise<number> {
    const before = new Date(now.getTime() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
    const rows = await this.database.query(`DELETE FROM send_counts WHERE day < $1 RETURNING 1 AS one`, [before]);
    return rows.length;
  }

  private async read(): Promise<CapBook> {
    return new CapBook(
      await this.database.query<StoredCap & Record<string, unknown>>(`SELECT ${COLUMNS} FROM send_caps`),
    );
  }

  /** In the trail of the account, or the platform's where it is for all. */
  private async write(actor: Actor, action: string, [text, values]: [string, unknown[]]): Promise<StoredCap> {
    const platformId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<StoredCap & Record<string, unknown>>(text, values);
      if (!row) throw new DomainError('not_found', 'send_cap_not_found');
      const { id, accountId, traffic, country, maxPerDay } = row;
      await this.audit.record(tx, {
        accountId: accountId ?? platformId,
        actor,
        action,
        subject: `send_cap:${id}`,
        details: { traffic, country, maxPerDay },
      });
      tx.afterCommit(() => (this.cached = undefined));
      return row;
    });
  }
}

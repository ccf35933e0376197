import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { type SenderRate, SenderRates } from '../domain/sender-rates.js';

/** For how long a process may go by what it read. */
const CACHE_MS = 2_000;

const LOAD_RATES = {
  name: 'senders.load-rates',
  text: `SELECT number, account_id AS "accountId", sender, country, source, rate_per_second AS "perSecond" FROM sender_rates`,
};

/** Of a row of `senders`: its rate, which is kept by name and country. */
export const RATE_OF_SENDER = `(
  SELECT r.rate_per_second FROM sender_rates r
   WHERE r.account_id = senders.account_id AND r.sender = senders.sender
     AND r.country IS NOT DISTINCT FROM senders.country AND r.source IS NULL) AS rate_per_second`;

/** Whose rate: of an account's sender, or of what the platform fixed. */
export type RateOwner =
  | { accountId: string; sender: string; country: string | null; source: null }
  | { accountId: null; sender: null; country: null; source: string };

/**
 * Rates of senders. There are few of them, because the staff sets each: every process knows all, and those that send look at them with
 * each message.
 */
@Injectable()
export class SenderRatesRepository {
  private known?: { loaded: Promise<SenderRates>; readAt: number };

  constructor(private readonly database: Database) {}

  /** Two seconds old at most. One read for all who ask at once. */
  rates(): Promise<SenderRates> {
    if (!this.known || performance.now() - this.known.readAt > CACHE_MS) {
      const known = { loaded: this.read(), readAt: performance.now() };
      this.known = known;
      known.loaded.catch(() => {
        if (this.known === known) this.known = undefined;
      });
    }
    return this.known.loaded;
  }

  /** Forgets what was read: called after a change is committed. */
  invalidate(): void {
    this.known = undefined;
  }

  /** Null: no rate. One that is taken away and set again has another number. */
  async set(tx: Tx, owner: RateOwner, perSecond: number | null, now: Date): Promise<void> {
    const { accountId, sender, country, source } = owner;
    if (perSecond === null)
      await tx.query(
        `DELETE FROM sender_rates
          WHERE account_id IS NOT DISTINCT FROM $1::uuid AND sender IS NOT DISTINCT FROM $2::text
            AND country IS NOT DISTINCT FROM $3::text AND source IS NOT DISTINCT FROM $4::text`,
        [accountId, sender, country, source],
      );
    else
      await tx.query(
        `INSERT INTO sender_rates (account_id, sender, country, source, rate_per_second, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT sender_rates_once
         DO UPDATE SET rate_per_second = EXCLUDED.rate_per_second, updated_at = EXCLUDED.updated_at`,
        [accountId, sender, country, source, perSecond, now],
      );
    tx.afterCommit(() => this.invalidate());
  }

  private async read(): Promise<SenderRates> {
    return new SenderRates(await this.database.query<SenderRate & Record<string, unknown>>(LOAD_RATES));
  }
}

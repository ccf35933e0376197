import { Injectable } from '@nestjs/common';
import { Secrets } from '../../config/secrets.js';
import { Database } from '../../database/database.js';
import { DomainError } from '../../kernel/domain-error.js';
import { counterName } from './credentials/secret-texts.js';
import { type Cap, type CapRule, windowAt } from './domain/caps.js';
import { GIVE_BACK_CAPS, TAKE_CAPS } from './persistence/sql/take-caps.js';

/** Limits per window of time, counted in PostgreSQL: they hold for all processes together and for parallel tries. */
@Injectable()
export class CapsService {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    secrets: Secrets,
  ) {
    this.key = secrets.derive('attempt-counters');
  }

  /** Names what is counted by each of `rules` for one subject (a number, a login, an address). */
  capsFor(rules: readonly CapRule[], subject: string): Cap[] {
    return rules.map(({ name, cap, seconds }) => ({ bucket: counterName(this.key, name, subject), cap, seconds }));
  }

  /**
   * Counts one more in all of them, or in none: rate_limited `refusalCode` with the seconds until the last of the full
   * windows ends. Commits at once, so that nothing that fails later makes a try uncounted.
   */
  async take(caps: readonly Cap[], now: Date, refusalCode: string): Promise<void> {
    const wanted = caps.map((cap) => ({ ...cap, ...windowAt(now, cap.seconds) }));
    await this.database.transaction(async (tx) => {
      const taken = await tx.query<{ bucket: string }>(TAKE_CAPS, [
        wanted.map(({ bucket }) => bucket),
        wanted.map(({ start }) => start),
        wanted.map(({ end }) => end),
        wanted.map(({ cap }) => cap),
      ]);
      const buckets = new Set(taken.map(({ bucket }) => bucket));
      const full = wanted.filter(({ bucket }) => !buckets.has(bucket));
      if (full.length === 0) return;
      const opens = Math.max(...full.map(({ end }) => end.getTime()));
      throw new DomainError('rate_limited', refusalCode, {
        retryAfterSeconds: Math.ceil((opens - now.getTime()) / 1_000),
      });
    });
  }

  /** Takes back what was counted, when the try was a success. `now` is that of the try. */
  async giveBack(caps: readonly Cap[], now: Date): Promise<void> {
    await this.database.query(GIVE_BACK_CAPS, [
      caps.map(({ bucket }) => bucket),
      caps.map(({ seconds }) => windowAt(now, seconds).start),
    ]);
  }
}

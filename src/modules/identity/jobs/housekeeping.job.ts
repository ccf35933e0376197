import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';

/** Rows that nobody can use any more are kept this long, for support. */
const KEEP_DAYS = 7;
const BATCH = 5_000;

const EXPIRED = [
  { table: 'attempt_counters', key: 'bucket, window_start', column: 'window_end' },
  { table: 'verification_codes', key: 'id', column: 'expires_at' },
  { table: 'registrations', key: 'id', column: 'expires_at' },
  { table: 'sessions', key: 'id', column: 'expires_at' },
] as const;

/** Removes expired counters, codes, registrations and sessions (with their refresh tokens), in batches. Safe to run anywhere, any time. */
@Injectable()
export class IdentityHousekeeping {
  constructor(private readonly database: Database) {}

  /** The number of rows removed from each table. */
  async run(now: Date): Promise<Record<string, number>> {
    const before = new Date(now.getTime() - KEEP_DAYS * 86_400_000);
    const removed: Record<string, number> = {};
    for (const { table, key, column } of EXPIRED) {
      removed[table] = 0;
      for (let batch = BATCH; batch === BATCH;) {
        const rows = await this.database.query(
          `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${column} < $1 LIMIT ${BATCH}) RETURNING 1`,
          [before],
        );
        batch = rows.length;
        removed[table] += batch;
      }
    }
    return removed;
  }
}

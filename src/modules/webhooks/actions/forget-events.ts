import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { FORGET_EVENTS } from '../persistence/sql/deliveries.js';

/** For how long events, with the texts in them, and their deliveries are kept. */
export const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;
const BATCH = 1_000;
const MOST_BATCHES = 100;

/** Removes old events; their deliveries go with them, whatever became of those. */
@Injectable()
export class ForgetEvents {
  constructor(private readonly database: Database) {}

  async execute(now: Date): Promise<Record<string, number>> {
    const before = new Date(now.getTime() - KEEP_DAYS * DAY_MS);
    let removed = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const rows = await this.database.query(FORGET_EVENTS, [before, BATCH]);
      removed += rows.length;
      if (rows.length < BATCH) break;
    }
    return { removed };
  }
}

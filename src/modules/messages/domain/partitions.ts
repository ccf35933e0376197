import { lowestIdAt } from '../../../kernel/ids.js';

/** A month of a table that is partitioned by the time in its UUIDv7 key: from the first instant (UTC) to that of the next. */
export interface MonthPartition {
  name: string;
  fromId: string;
  untilId: string;
}

/** The partitions that a table needs from the month of `now` on, that many ahead. */
export function monthsAhead(table: string, now: Date, ahead: number): MonthPartition[] {
  return Array.from({ length: ahead + 1 }, (_, offset) => {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1));
    const until = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset + 1, 1));
    const month = `${from.getUTCFullYear()}_${String(from.getUTCMonth() + 1).padStart(2, '0')}`;
    return { name: `${table}_${month}`, fromId: lowestIdAt(from), untilId: lowestIdAt(until) };
  });
}

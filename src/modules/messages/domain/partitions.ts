import { lowestIdAt } from '../../../kernel/ids.js';

/** A month of a table that is partitioned by the time in its UUIDv7 key: from the first instant (UTC) to that of the next. */
export interface MonthPartition {
  name: string;
  fromId: string;
  untilId: string;
}

/** The partitions that hold what a table gets from `from` to `until`, both of them included. */
export function monthsOf(table: string, from: Date, until: Date): MonthPartition[] {
  const months: MonthPartition[] = [];
  for (let start = monthStart(from, 0); start <= until; start = monthStart(start, 1)) {
    const month = `${start.getUTCFullYear()}_${String(start.getUTCMonth() + 1).padStart(2, '0')}`;
    const fromId = lowestIdAt(start);
    months.push({ name: `${table}_${month}`, fromId, untilId: lowestIdAt(monthStart(start, 1)) });
  }
  return months;
}

function monthStart(instant: Date, later: number): Date {
  return new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + later, 1));
}

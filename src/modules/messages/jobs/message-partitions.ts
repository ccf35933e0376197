import { Injectable, Logger } from '@nestjs/common';
import { tryLock } from '../../../database/advisory-locks.js';
import { Database, type Tx } from '../../../database/database.js';
import { type MonthPartition, monthsOf } from '../domain/partitions.js';

/** What is updated in batches needs as much room in its page again: then no index is written with an update. */
const TABLES = [
  { table: 'messages', key: 'id', fillfactor: 50 },
  { table: 'attempts', key: 'id', fillfactor: 50 },
  { table: 'attempt_parts', key: 'attempt_id', fillfactor: 50 },
  { table: 'delivery_reports', key: 'id', fillfactor: 100 },
] as const;

/**
 * The next month's are made so long before it begins: a week of failed runs does no harm. Not earlier, because whatever looks from an
 * id on, as caps and reports do for every message, looks into the empty months to come as well.
 */
const AHEAD_MS = 7 * 86_400_000;
/** Rows of a month that fell into the default partition are moved out of it, unless that would take too long. */
const MAX_MOVED = 100_000;

/**
 * Makes monthly partitions ahead. Without them everything still works, in the default partition, but nothing can be pruned
 * or dropped.
 */
@Injectable()
export class MessagePartitions {
  private readonly logger = new Logger('message-partitions');

  constructor(private readonly database: Database) {}

  /** Idempotent; at boot and daily. Answers the names of what it made; nothing when another process is at it. */
  async ensure(now: Date): Promise<string[]> {
    const until = new Date(now.getTime() + AHEAD_MS);
    const wanted = TABLES.flatMap((definition) =>
      monthsOf(definition.table, now, until).map((month) => ({ definition, month })),
    );
    const missing = await this.missing(wanted.map(({ month }) => month.name));
    const made: string[] = [];
    for (const { definition, month } of wanted) {
      if (!missing.has(month.name)) continue;
      if (await this.database.transaction((tx) => this.make(tx, definition, month))) made.push(month.name);
    }
    return made;
  }

  private async missing(names: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ name: string }>(
      'SELECT name FROM unnest($1::text[]) AS wanted (name) WHERE to_regclass(name) IS NULL',
      [names],
    );
    return new Set(rows.map(({ name }) => name));
  }

  /**
   * Attaching takes a light lock on the parent, so readers and writers go on; only the default partition is closed to everybody
   * for the moment in which it is searched for rows of the month.
   */
  private async make(
    tx: Tx,
    { table, key, fillfactor }: (typeof TABLES)[number],
    month: MonthPartition,
  ): Promise<boolean> {
    if (!(await tryLock(tx, 'partitions'))) return false;
    const [found] = await tx.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [month.name]);
    if (found!.there) return false;
    await tx.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`);
    const inRange = `${key} >= '${month.fromId}' AND ${key} < '${month.untilId}'`;
    const [stray] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT FROM ${table}_default WHERE ${inRange} LIMIT ${MAX_MOVED + 1}) AS s`,
    );
    if (stray!.count > MAX_MOVED) {
      this.logger.warn({
        partition: month.name,
        msg: 'its month stays in the default partition: too many rows to move',
      });
      return false;
    }
    await tx.query(
      `CREATE TABLE ${month.name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (fillfactor = ${fillfactor})`,
    );
    if (stray!.count > 0)
      await tx.query(
        `WITH moved AS (DELETE FROM ${table}_default WHERE ${inRange} RETURNING *) INSERT INTO ${month.name} SELECT * FROM moved`,
      );
    await tx.query(
      `ALTER TABLE ${table} ATTACH PARTITION ${month.name} FOR VALUES FROM ('${month.fromId}') TO ('${month.untilId}')`,
    );
    return true;
  }
}

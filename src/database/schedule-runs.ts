import { Logger } from '@nestjs/common';
import type { Clock } from '../kernel/clock.js';
import type { Database } from './database.js';

/** What a schedule does: select due work and queue it, idempotently. Returns counts for its row. */
export type ScheduledWork = (now: Date) => Promise<Record<string, number>>;

/**
 * Runs one occurrence of a schedule in at most one process: whoever writes its row works. Returns false when another process
 * has it. A failure is recorded with the occurrence and logged; the next occurrence tries again.
 */
export async function runOccurrence(
  { database, clock }: { database: Database; clock: Clock },
  schedule: string,
  plannedFor: Date,
  work: ScheduledWork,
): Promise<boolean> {
  const claimed = await database.query(
    `INSERT INTO schedule_runs (schedule, planned_for, started_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1 AS one`,
    [schedule, plannedFor, clock.now()],
  );
  if (claimed.length === 0) return false;
  const finish = (outcome: 'done' | 'failed', counts: Record<string, number>) =>
    database.query(
      `UPDATE schedule_runs SET finished_at = $3, outcome = $4, counts = $5 WHERE schedule = $1 AND planned_for = $2`,
      [schedule, plannedFor, clock.now(), outcome, JSON.stringify(counts)],
    );
  try {
    await finish('done', await work(clock.now()));
  } catch (error) {
    new Logger('schedules').error({ schedule, err: error, msg: 'an occurrence failed' });
    await finish('failed', {});
  }
  return true;
}

import type { Type } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Env } from '../config/env.js';
import { IssueActs } from '../modules/acts/index.js';
import { DiscardLists } from '../modules/campaigns/index.js';
import { IdentityHousekeeping } from '../modules/identity/index.js';
import {
  ExpireUnreported,
  FailOver,
  MessageGroups,
  MessagePartitions,
  SendCaps,
  WaitingFunds,
} from '../modules/messages/index.js';
import { FinishStatements } from '../modules/payments/index.js';
import { AskForStatuses, ProbePaused } from '../modules/providers/index.js';
import { RenewSubscriptions } from '../modules/subscriptions/index.js';
import { ForgetEvents } from '../modules/webhooks/index.js';
import type { Schedule } from './scheduler.js';

const DAY_MS = 86_400_000;

/** Every cron of the product. A schedule only selects due work and queues it, idempotently. */
export function schedules(get: <T>(type: Type<T>) => T): Schedule[] {
  const database = get(Database);
  const { IDEMPOTENCY_DAYS } = get(Env);
  return [
    {
      name: 'forget-idempotency-keys',
      cron: '0 7 * * * *',
      work: (now) => forgetIdempotencyKeys(database, new Date(now.getTime() - IDEMPOTENCY_DAYS * DAY_MS)),
    },
    {
      name: 'forget-schedule-runs',
      cron: '0 17 3 * * *',
      work: (now) => forgetScheduleRuns(database, new Date(now.getTime() - 30 * DAY_MS)),
    },
    {
      name: 'make-message-partitions',
      cron: '0 37 2 * * *',
      work: async (now) => ({ made: (await get(MessagePartitions).ensure(now)).length }),
    },
    {
      name: 'finish-group-cancellations',
      cron: '30 * * * * *',
      work: async () => ({ cancelled: await get(MessageGroups).sweepCancelled() }),
    },
    { name: 'look-after-waiting-funds', cron: '8,28,48 * * * * *', work: () => get(WaitingFunds).sweep() },
    { name: 'renew-subscriptions', cron: '12 * * * * *', work: () => get(RenewSubscriptions).sweep() },
    {
      name: 'forget-send-counts',
      cron: '0 47 2 * * *',
      work: async (now) => ({ removed: await get(SendCaps).forgetCounts(now) }),
    },
    { name: 'forget-webhook-events', cron: '0 57 2 * * *', work: (now) => get(ForgetEvents).execute(now) },
    { name: 'discard-abandoned-uploads', cron: '15 */10 * * * *', work: (now) => get(DiscardLists).sweep(now) },
    { name: 'finish-bank-statements', cron: '25 * * * * *', work: (now) => get(FinishStatements).sweep(now) },
    { name: 'expire-unreported', cron: '50 */5 * * * *', work: () => get(ExpireUnreported).execute() },
    { name: 'ask-for-statuses', cron: '10,40 * * * * *', work: () => get(AskForStatuses).execute() },
    { name: 'fail-over', cron: '*/5 * * * * *', work: () => get(FailOver).execute() },
    { name: 'probe-paused-providers', cron: '5,25,45 * * * * *', work: () => get(ProbePaused).execute() },
    { name: 'issue-acts', cron: '35 */10 * * * *', work: (now) => get(IssueActs).sweep(now) },
    { name: 'forget-expired-credentials', cron: '0 27 * * * *', work: (now) => get(IdentityHousekeeping).run(now) },
  ];
}

async function forgetIdempotencyKeys(database: Database, before: Date): Promise<Record<string, number>> {
  const rows = await database.query('DELETE FROM idempotency_keys WHERE created_at < $1 RETURNING 1 AS one', [before]);
  return { removed: rows.length };
}

async function forgetScheduleRuns(database: Database, before: Date): Promise<Record<string, number>> {
  const rows = await database.query('DELETE FROM schedule_runs WHERE planned_for < $1 RETURNING 1 AS one', [before]);
  return { removed: rows.length };
}

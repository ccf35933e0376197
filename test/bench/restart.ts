import { setTimeout as sleep } from 'node:timers/promises';
import { readEnv } from '../../src/config/env.js';
import type { Database } from '../../src/database/database.js';
import { openServer } from '../../src/database/open-server.js';
import { firstOperator, setUp, signIn } from '../../src/entrypoints/demo/cabinet.js';
import type { Child } from '../../src/entrypoints/demo/child.js';
import { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { type DemoProcesses, startProcesses } from '../../src/entrypoints/demo/processes.js';
import { runAudit } from '../../src/modules/audit/index.js';
import type { OperatorStats } from '../../src/sandbox/journal.js';
import { openBooks, queueBacklog } from './backlog.js';
import { embeddedPostgres } from './cpu-meter.js';
import { QUICK_OPERATOR } from './opened-cabinet.js';
import { loggedSubmits } from './operator-log.js';
import { startProduct } from './product-process.js';

const DATA_DIR = '.data/bench';
/** Sent before everything is killed, so that requests are on their way. */
const BEFORE_KILL = 2_000;
/** What the killed worker had in hand comes back, or is called unknown, when the lease of its line has ended. */
const LEASE_MS = 60_000;
const AFTER_LEASE_MS = 5_000;
const PATIENCE_MS = 60_000;
const LOG_WRITTEN_MS = 100;
const PROVIDER_RATE = 100_000;

export interface RestartOptions {
  /** Queued when everything is killed, at least. */
  messages: number;
}

/**
 * API, worker, PostgreSQL's postmaster and its processes are killed at once while a backlog is sent, and everything is started again as
 * `npm start` does: how long until the operator has the first submit, and whether its log agrees with the rows when what was in flight
 * is settled.
 */
export async function restart({ messages }: RestartOptions): Promise<Record<string, unknown>> {
  const processes = await startProcesses(DATA_DIR, QUICK_OPERATOR, 0);
  let again: Child | undefined;
  try {
    await prepare(processes, messages);
    await received(processes, BEFORE_KILL);
    const before = await killAll(processes);
    const startedAt = Date.now();
    again = await startProduct('all', DATA_DIR, 'again');
    const listensMs = Date.now() - startedAt;
    await received(processes, before + 1);
    await sleep(Math.max(LOG_WRITTEN_MS, startedAt + LEASE_MS + AFTER_LEASE_MS - Date.now()));
    await again.stop();
    const submits = loggedSubmits(DATA_DIR);
    const firstSubmitMs = Date.parse(submits[before]!.at) - startedAt;
    return { firstSubmitMs, listensMs, sentBefore: before, sentAfter: submits.length - before, ...(await compare()) };
  } finally {
    await again?.stop();
    await processes.stop();
  }
}

/** Seller, provider and backlog; nothing is sent before all of it is queued. */
async function prepare(processes: DemoProcesses, messages: number): Promise<void> {
  const anonymous = new PortalClient(processes.apiUrl);
  const staff = await signIn(anonymous, '/admin/v1/sessions', await firstOperator(DATA_DIR));
  await setUp(staff, processes, PROVIDER_RATE);
  await withBooks(async (books) => {
    const [provider] = await books.query<{ id: string }>('SELECT id FROM providers');
    await staff.post(`/admin/v1/providers/${provider!.id}/pause`, { reason: 'maintenance' });
    await queueBacklog(books, { providerId: provider!.id, messages: messages + 2 * BEFORE_KILL });
    await staff.post(`/admin/v1/providers/${provider!.id}/resume`);
  });
}

/** Waits for the operator's count of submits. */
async function received({ operatorControlUrl }: DemoProcesses, count: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while ((await stats(operatorControlUrl)).received < count) {
    if (Date.now() > deadline) throw new Error(`the operator did not get ${count} submits in ${PATIENCE_MS} ms`);
    await sleep(20);
  }
}

async function stats(operatorControlUrl: string): Promise<OperatorStats> {
  return (await (await fetch(`${operatorControlUrl}/stats`)).json()) as OperatorStats;
}

/** Answers how many submits the operator had got by then. */
async function killAll({ pids, operatorControlUrl }: DemoProcesses): Promise<number> {
  for (const pid of [pids.api, pids.worker, ...embeddedPostgres(DATA_DIR)()]) kill(pid);
  await sleep(LOG_WRITTEN_MS);
  return (await stats(operatorControlUrl)).received;
}

/** A process of PostgreSQL may have ended by itself since it was listed. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The operator's log against the rows. All but `unknown` must be nothing. */
interface Comparison {
  /** Numbers that the operator got more than once. */
  doubled: number;
  /** Rows that say "sent" of what the operator never got. */
  lost: number;
  /** What the operator got and the queue would send again. */
  wouldDouble: number;
  unknown: number;
  violations: number;
}

function compare(): Promise<Comparison> {
  const taken = new Map<string, number>();
  for (const { to } of loggedSubmits(DATA_DIR)) taken.set(to, (taken.get(to) ?? 0) + 1);
  return withBooks(async (books) => {
    const rows = await books.query<{ recipient: string; state: string; queued: boolean }>(
      `SELECT m.recipient, m.state, q.message_id IS NOT NULL AS queued
         FROM messages m LEFT JOIN message_queue q ON q.account_id = m.account_id AND q.message_id = m.id`,
    );
    return {
      doubled: [...taken.values()].filter((times) => times > 1).length,
      lost: rows.filter(({ state, recipient }) => /^(submitted|delivered)$/.test(state) && !taken.has(recipient))
        .length,
      wouldDouble: rows.filter(({ queued, recipient }) => queued && taken.has(recipient)).length,
      unknown: rows.filter(({ state }) => state === 'unknown').length,
      violations: (await runAudit(books)).length,
    };
  });
}

/** Uses the embedded server for as long as `work` lasts: whoever uses it would start it again when it is killed. */
async function withBooks<T>(work: (books: Database) => Promise<T>): Promise<T> {
  const server = await openServer(readEnv({ DATA_DIR }), () => undefined);
  try {
    const books = await openBooks(server.url);
    try {
      return await work(books);
    } finally {
      await books.close();
    }
  } finally {
    await server.release();
  }
}

import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/database/database.js';
import { openBooks, queueBacklog } from './backlog.js';
import { openCabinet, type OpenedCabinet } from './opened-cabinet.js';
import { loggedSubmits } from './operator-log.js';
import { median, percentile, rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { vacuum } from './snapshots.js';

/** What an operator may grant; the backlog waits for it. */
const RATE = 200;
const LEAST_TARGET_MS = 250;
const EVERY_MS = 150;
const ARRIVE_MS = 10_000;

export interface LanesOptions {
  /** Bulk messages that wait. */
  messages: number;
  codes: number;
}

/**
 * How long a one-time code takes from its acceptance to the operator that takes it, with nothing else to send, and with bulk messages of
 * another account waiting for the same provider. Beside it, from the call that makes it: a registration, which hashes a password first.
 */
export async function lanes({ messages, codes }: LanesOptions): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet({ ratePerSecond: RATE });
  const books = await openBooks(cabinet.databaseUrl);
  try {
    await fundCodes(cabinet);
    const idle = await sendCodes(cabinet, books, codes);
    const [provider] = await books.query<{ id: string }>('SELECT id FROM providers');
    await queueBacklog(books, { providerId: provider!.id, messages });
    await vacuum(cabinet.databaseUrl);
    const startedAt = new Date();
    const busy = await sendCodes(cabinet, books, codes);
    const seconds = (Date.now() - startedAt.getTime()) / 1_000;
    const [waiting] = await books.query<{ count: number }>('SELECT count(*)::int AS count FROM message_queue');
    const bulk = loggedSubmits(cabinet.processes.dataDir).filter(
      ({ at, text }) => text === 'hello' && new Date(at) >= startedAt,
    );
    const { pids } = cabinet.processes;
    return {
      codes,
      waiting: waiting!.count,
      bulkRate: rounded(bulk.length / seconds),
      providerRate: RATE,
      ...times(busy),
      idle: times(idle),
      targetMs: Math.max(LEAST_TARGET_MS, 2 * times(idle).p99Ms),
      rssMb: { api: residentMb(pids.api), worker: residentMb(pids.worker) },
    };
  } finally {
    await books.close();
    await cabinet.close();
  }
}

/** Milliseconds until the operator has it, since it was accepted and since it was asked for. */
interface CodeTimes {
  accepted: number;
  called: number;
}

function times(codes: readonly CodeTimes[]): Record<'p50Ms' | 'p99Ms' | 'callP50Ms' | 'callP99Ms', number> {
  const accepted = codes.map((code) => code.accepted);
  const called = codes.map((code) => code.called);
  return {
    p50Ms: median(accepted),
    p99Ms: percentile(accepted, 0.99),
    callP50Ms: median(called),
    callP99Ms: percentile(called, 0.99),
  };
}

async function fundCodes({ staff }: OpenedCabinet): Promise<void> {
  const { data } = await staff.get<{ data: { id: string; kind: string; currency: string }[] }>(
    '/admin/v1/accounts?limit=100',
  );
  const { id, currency } = data.find(({ kind }) => kind === 'platform')!;
  await staff.post(`/admin/v1/accounts/${id}/adjustments`, { amount: '10000.00', currency, reason: 'Codes of a run' });
}

/** One after the other, each to a number of its own. */
async function sendCodes(cabinet: OpenedCabinet, books: Database, codes: number): Promise<CodeTimes[]> {
  const calledAt = new Map<string, number>();
  for (const [index, phone] of recipients(codes).entries()) {
    calledAt.set(phone, Date.now());
    await askForCode(cabinet.processes.apiUrl, phone, index);
    await sleep(EVERY_MS);
  }
  const since = new Date(Math.min(...calledAt.values()));
  const submits = await arrivals(cabinet, [...calledAt.keys()], since);
  const rows = await books.query<{ recipient: string; createdAt: Date }>(
    `SELECT recipient, created_at AS "createdAt" FROM messages WHERE recipient = ANY ($1) AND created_at >= $2`,
    [[...calledAt.keys()], since],
  );
  return rows.map(({ recipient, createdAt }) => {
    const at = submits.get(recipient)!;
    return { accepted: at - createdAt.getTime(), called: at - calledAt.get(recipient)! };
  });
}

/** When the operator got something for each of the phones. */
async function arrivals(
  { processes }: OpenedCabinet,
  phones: readonly string[],
  since: Date,
): Promise<Map<string, number>> {
  const deadline = Date.now() + ARRIVE_MS;
  for (;;) {
    const submits = loggedSubmits(processes.dataDir).map(({ to, at }) => [to, Date.parse(at)] as const);
    const arrived = new Map(submits.filter(([to, at]) => at >= since.getTime() && phones.includes(to)));
    if (arrived.size === phones.length) return arrived;
    if (Date.now() > deadline) throw new Error(`${arrived.size} of ${phones.length} codes arrived`);
    await sleep(100);
  }
}

/** Each from a client address of its own on the loopback network: codes are capped by address. */
function askForCode(apiUrl: string, phone: string, index: number): Promise<void> {
  const body = JSON.stringify({
    login: `clinic-${phone}@example.org`,
    password: `a long enough password ${phone}`,
    email: 'reports@example.org',
    phone: `+${phone}`,
    organisation: 'Clinic',
    country: 'RU',
    locale: 'ru',
    timeZone: 'Europe/Moscow',
  });
  const options = {
    method: 'POST',
    localAddress: `127.0.1.${index + 1}`,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  return new Promise((resolve, reject) => {
    const call = request(new URL('/v1/registrations', apiUrl), options, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 202 ? resolve() : reject(new Error(`a registration was answered ${answer.statusCode}`)),
      );
    });
    call.once('error', reject);
    call.end(body);
  });
}

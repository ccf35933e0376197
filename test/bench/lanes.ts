import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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
 * How long a one-time code takes from the call that makes it to the operator that takes it, with nothing else to send, and with bulk
 * messages of another account waiting for the same provider. The call is a registration: its password is hashed in that time too.
 */
export async function lanes({ messages, codes }: LanesOptions): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet({ ratePerSecond: RATE });
  const books = await openBooks(cabinet.databaseUrl);
  try {
    await fundCodes(cabinet);
    const idle = await sendCodes(cabinet, codes);
    const [provider] = await books.query<{ id: string }>('SELECT id FROM providers');
    await queueBacklog(books, { providerId: provider!.id, messages });
    await vacuum(cabinet.databaseUrl);
    const startedAt = new Date();
    const busy = await sendCodes(cabinet, codes);
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

/** Milliseconds from the call that asks for a code. */
interface CodeTimes {
  answered: number;
  submitted: number;
}

function times(codes: readonly CodeTimes[]): Record<'p50Ms' | 'p99Ms' | 'answerP50Ms' | 'answerP99Ms', number> {
  const submitted = codes.map((code) => code.submitted);
  const answered = codes.map((code) => code.answered);
  return {
    p50Ms: median(submitted),
    p99Ms: percentile(submitted, 0.99),
    answerP50Ms: median(answered),
    answerP99Ms: percentile(answered, 0.99),
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
async function sendCodes(cabinet: OpenedCabinet, codes: number): Promise<CodeTimes[]> {
  const calls = new Map<string, { sentAt: number; answered: number }>();
  for (const [index, phone] of recipients(codes).entries()) {
    const sentAt = Date.now();
    await askForCode(cabinet.processes.apiUrl, phone, index);
    calls.set(phone, { sentAt, answered: Date.now() - sentAt });
    await sleep(EVERY_MS);
  }
  const deadline = Date.now() + ARRIVE_MS;
  for (;;) {
    const arrived = loggedSubmits(cabinet.processes.dataDir).flatMap(({ to, at }) => {
      const call = calls.get(to);
      return call ? [{ answered: call.answered, submitted: Date.parse(at) - call.sentAt }] : [];
    });
    if (arrived.length === codes) return arrived;
    if (Date.now() > deadline) throw new Error(`${arrived.length} of ${codes} codes arrived`);
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

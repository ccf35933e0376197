import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { mostInAnyWindow } from '../support/rate-run.js';
import { openBooks, queueBacklog } from './backlog.js';
import { LeanProcess } from './lean-process.js';
import { openCabinet, type OpenedCabinet } from './opened-cabinet.js';
import { rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import type { PeerRecord } from './rate-peer.js';
import { startProduct } from './product-process.js';

const RATES = [50, 500];
const WORKERS = 3;
/** Links are up and every lane has booked ahead. */
const WARM_UP_MS = 3_000;
const START_TIMEOUT_MS = 30_000;
/** What is read to a millisecond may have come a millisecond apart more than it seems. */
const CLOCK_STEP_MS = 1;

interface Pace {
  perSecond: number;
  /** Of what the rate would allow in the whole time. */
  share: number;
  /** In any sliding second, shortened by the peer's own lag. */
  most: number;
  /** The same without that correction. */
  mostSeen: number;
  lagMs: number;
  /** Over each link. */
  submits: number[];
}

/** Three worker processes share a provider's rate over three binds while more waits than it lets through; measured at the operator. */
export async function rate({ seconds }: { seconds: number }): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet();
  const { dataDir, pids } = cabinet.processes;
  const others = await Promise.all(
    Array.from({ length: WORKERS - 1 }, (_, index) => startProduct('worker', dataDir, `worker-${index + 2}`)),
  );
  try {
    const paces: Pace[] = [];
    for (const perSecond of RATES) paces.push(await measure(cabinet, perSecond, seconds));
    return {
      seconds,
      workers: WORKERS,
      paces,
      share: Math.min(...paces.map(({ share }) => share)),
      kept: paces.every(({ most, perSecond }) => most <= perSecond),
      rssMb: [pids.worker, ...others.map(({ pid }) => pid)].map(residentMb),
    };
  } finally {
    await Promise.all(others.map((worker) => worker.stop()));
    await cabinet.close();
  }
}

async function measure(cabinet: OpenedCabinet, perSecond: number, seconds: number): Promise<Pace> {
  const logFile = join(cabinet.processes.dataDir, `rate-${perSecond}.ndjson`);
  const peer = await LeanProcess.start<{ smppPort: number }, string, PeerRecord>('./rate-peer.js', { logFile });
  try {
    const providerId = await addProvider(cabinet.staff, peer.ready.smppPort, perSecond);
    await queue(cabinet, providerId, perSecond * (seconds + 15));
    await firstSubmit(peer);
    await sleep(WARM_UP_MS);
    const from = Date.now();
    await sleep(seconds * 1_000);
    const to = Date.now();
    const record = await peer.ask('what did you see?');
    await cabinet.staff.post(`/admin/v1/providers/${providerId}/pause`, { reason: 'maintenance' });
    return judge(record, perSecond, from, to);
  } finally {
    await peer.stop();
  }
}

async function addProvider(staff: PortalClient, port: number, ratePerSecond: number): Promise<string> {
  const { id } = await staff.post<{ id: string }>('/admin/v1/providers', {
    code: `rate-${ratePerSecond}`,
    kind: 'smpp',
    name: `${ratePerSecond} a second`,
    ratePerSecond,
    maxBinds: WORKERS,
    settings: { host: '127.0.0.1', port },
    credentials: { systemId: 'kabinet', password: 'sandbox' },
  });
  return id;
}

async function queue({ databaseUrl }: OpenedCabinet, providerId: string, messages: number): Promise<void> {
  const books = await openBooks(databaseUrl);
  await queueBacklog(books, { providerId, messages });
  await books.close();
}

async function firstSubmit(peer: LeanProcess<unknown, string, PeerRecord>): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while ((await peer.ask('what did you see?')).submits.length === 0) {
    if (performance.now() > deadline) throw new Error(`nothing was submitted in ${START_TIMEOUT_MS} ms`);
    await sleep(200);
  }
}

function judge({ submits, lagMs }: PeerRecord, perSecond: number, from: number, to: number): Pace {
  const instants = submits.map(({ at }) => at);
  const links = new Map<number, number>();
  for (const { session } of submits) links.set(session, (links.get(session) ?? 0) + 1);
  const measured = instants.filter((at) => at >= from && at < to).length;
  return {
    perSecond,
    share: rounded(measured / (((to - from) / 1_000) * perSecond), 3),
    most: mostInAnyWindow(instants, 1_000 - lagMs - CLOCK_STEP_MS),
    mostSeen: mostInAnyWindow(instants),
    lagMs: rounded(lagMs, 1),
    submits: [...links.values()],
  };
}

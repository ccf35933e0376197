/**
 * Processes for tests and benchmarks of the rate gates: `peer` counts requests as an operator would, `worker` sends as fast as
 * the gate lets it. Run compiled: `node dist/test/support/rate-run.js peer|worker <json>`; each prints JSON lines.
 */
import { createConnection, createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDataSource } from '../../src/database/data-source.js';
import { Database } from '../../src/database/database.js';
import { RateGates } from '../../src/modules/providers/rate-gates.js';
import { runInSlots } from '../../src/modules/providers/run-in-slots.js';

export interface RateWorkerOptions {
  url: string;
  port: number;
  gate: string;
  perSecond: number;
  seconds: number;
  lane: 'otp' | 'transactional' | 'bulk';
  /** More gates, such as one per bind. */
  more?: { gate: string; perSecond: number }[];
}

export interface RateWorkerResult {
  sent: number;
  missed: number;
  takes: number;
}

/** The most events in any half-open window of `windowMs`. `instants` ascending. */
export function mostInAnyWindow(instants: readonly number[], windowMs = 1_000): number {
  let most = 0;
  for (let first = 0, last = 0; last < instants.length; last++) {
    while (instants[last]! - instants[first]! >= windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** What the peer saw, and how late it may have seen it: it too waits for its processor. */
export interface PeerRecord {
  instants: number[];
  lagMs: number;
}

function runPeer(): void {
  const instants: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const server = createServer((socket) =>
    socket.on('data', (chunk) => {
      const at = performance.now();
      for (const byte of chunk) if (byte === 0x2e) instants.push(at);
      if (chunk.includes(0x3f)) socket.end(JSON.stringify({ instants, lagMs: delay.max / 1e6 } satisfies PeerRecord));
    }),
  );
  server.listen(0, '127.0.0.1', () => print(server.address()));
  process.once('SIGTERM', () => server.close());
}

async function runWorker(options: RateWorkerOptions): Promise<void> {
  const dataSource = createDataSource({ url: options.url, poolSize: 2, applicationName: 'kabinet rate worker' });
  await dataSource.initialize();
  const database = new Database(dataSource);
  const socket = createConnection({ port: options.port, host: '127.0.0.1', noDelay: true });
  const result = await sendUnderRate(new RateGates(database), options, (count) => socket.write('.'.repeat(count)));
  await new Promise<void>((resolve) => socket.end(resolve));
  await database.close();
  print(result);
}

async function sendUnderRate(
  gates: RateGates,
  { gate, perSecond, seconds, lane, more = [] }: RateWorkerOptions,
  send: (count: number) => void,
): Promise<RateWorkerResult> {
  const result = { sent: 0, missed: 0, takes: 0 };
  const until = Date.now() + seconds * 1_000;
  const open: Promise<void>[] = [];
  while (Date.now() < until) {
    const { slots, askAgainAt } = await gates.take([{ gate, perSecond }, ...more], 500, new Date(), { lane });
    result.takes++;
    open.push(
      runInSlots(slots, () => new Date(), {
        write: ({ length }) => {
          result.sent += length;
          send(length);
        },
        miss: ({ length }) => (result.missed += length),
      }),
    );
    await sleep(Math.max(1, askAgainAt.getTime() - Date.now()));
  }
  await Promise.all(open);
  return result;
}

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'peer') runPeer();
  else await runWorker(JSON.parse(process.argv[3] ?? '{}') as RateWorkerOptions);
}

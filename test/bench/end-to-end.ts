import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { readEnv } from '../../src/config/env.js';
import { openServer } from '../../src/database/open-database.js';
import {
  firstOperator,
  makeApiKey,
  recordPayment,
  register,
  setUp,
  signIn,
} from '../../src/entrypoints/demo/cabinet.js';
import { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { type DemoProcesses, startProcesses } from '../../src/entrypoints/demo/processes.js';
import { newId } from '../../src/kernel/ids.js';
import { LeanChain } from './lean-chain.js';
import { cpuMicros, residentMb, withChildren } from './processes-cpu.js';

const MESSAGES = 4_000;
const PAIRS = 3;
const BULK = 500;
const CALLERS = 32;
const DATA_DIR = '.data/bench';
const OPERATOR = {
  answerDelay: { minMs: 0, maxMs: 0 },
  reportDelay: { minMs: 0, maxMs: 20 },
  shares: { undelivered: 0, expired: 0 },
  submitsPerSecond: 0,
};

interface Run {
  rate: number;
  /** CPU a message, in microseconds. */
  cpu: Cpu;
}

interface Cpu {
  all: number | null;
  api: number | null;
  worker: number | null;
  postgres: number | null;
}

/**
 * The whole chain, from the POST to the applied delivery report: API, worker and operator as processes of their own, every feature
 * on, against the lean chain on the same PostgreSQL and the same operator, in turns.
 */
export async function endToEnd(): Promise<Record<string, unknown>> {
  const processes = await startProcesses(DATA_DIR, OPERATOR, 0);
  const server = await openServer(readEnv({ DATA_DIR }), () => undefined);
  try {
    const { portal, accountId } = await openPortal(processes);
    const operator = await startOperator();
    const lean = await LeanChain.open(server.url, operator.smppPort);
    const postmaster = Number(readFileSync(join(DATA_DIR, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
    const watch = await DeliveryWatch.open(server.url, accountId);
    const chain = new OurChain(portal, watch, { ...processes.pids, postmaster });
    await chain.bulk(recipients(500));
    await lean.run(recipients(500));
    const bulk: Run[] = [];
    const single: Run[] = [];
    const baseline: number[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      bulk.push(await chain.bulk(recipients(MESSAGES)));
      baseline.push(MESSAGES / (await lean.run(recipients(MESSAGES))));
      single.push(await chain.single(recipients(MESSAGES / 2)));
    }
    await watch.close();
    await lean.close();
    operator.stop();
    const figures = summary(bulk, single, baseline, chain.latencies);
    return {
      ...figures,
      rssMb: { api: residentMb(processes.pids.api), worker: residentMb(processes.pids.worker) },
      messages: MESSAGES,
      pairs: PAIRS,
    };
  } finally {
    await server.release();
    await processes.stop();
  }
}

/** An operator of its own for the baseline: delivery reports go to any bind of the same system id. */
async function startOperator(): Promise<{ smppPort: number; stop(): void }> {
  const entry = fileURLToPath(new URL('../../src/entrypoints/sandbox-operator.js', import.meta.url));
  const child = spawn(process.execPath, [entry, JSON.stringify(OPERATOR)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { smpp }: { smpp: number } = JSON.parse(line.toString());
  return { smppPort: smpp, stop: () => child.kill('SIGTERM') };
}

async function openPortal(processes: DemoProcesses): Promise<{ portal: PortalClient; accountId: string }> {
  const anonymous = new PortalClient(processes.apiUrl);
  const staff = await signIn(anonymous, '/admin/v1/sessions', await firstOperator(processes.dataDir));
  await setUp(staff, processes, 100_000);
  const owner = { login: 'bench@example.org', password: randomBytes(12).toString('base64url') };
  const accountId = await register(anonymous, processes, owner);
  const user = await signIn(anonymous, '/v1/sessions', owner);
  await recordPayment(staff, accountId, '1000000.00', 'bench');
  return { portal: anonymous.as(await makeApiKey(user)), accountId };
}

class OurChain {
  readonly latencies: number[] = [];

  constructor(
    private readonly portal: PortalClient,
    private readonly watch: DeliveryWatch,
    private readonly pids: { api: number; worker: number; postmaster: number },
  ) {}

  bulk(to: readonly string[]): Promise<Run> {
    const calls = Array.from({ length: Math.ceil(to.length / BULK) }, (_, index) =>
      to.slice(index * BULK, (index + 1) * BULK),
    );
    return this.measure(to.length, 2, calls);
  }

  single(to: readonly string[]): Promise<Run> {
    return this.measure(
      to.length,
      CALLERS,
      to.map((one) => [one]),
      this.latencies,
    );
  }

  private async measure(
    messages: number,
    callers: number,
    calls: (readonly string[])[],
    latencies: number[] = [],
  ): Promise<Run> {
    const from = newId(new Date());
    const before = this.cpu();
    const startedAt = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (next < calls.length) {
          const to = calls[next++]!;
          const sentAt = performance.now();
          await this.portal.post('/v1/messages', { recipients: to.map((one) => `+${one}`), text: 'hello' });
          latencies.push(performance.now() - sentAt);
        }
      }),
    );
    await this.watch.allDelivered(from);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = this.cpu();
    const perMessage = (name: keyof Cpu) =>
      before[name] === null || after[name] === null ? null : (after[name] - before[name]) / messages;
    return {
      rate: messages / seconds,
      cpu: {
        all: perMessage('all'),
        api: perMessage('api'),
        worker: perMessage('worker'),
        postgres: perMessage('postgres'),
      },
    };
  }

  private cpu(): Cpu {
    const { api, worker, postmaster } = this.pids;
    const server = withChildren(postmaster);
    return {
      all: cpuMicros([api, worker, ...server]),
      api: cpuMicros([api]),
      worker: cpuMicros([worker]),
      postgres: cpuMicros(server),
    };
  }
}

/** Sees when all messages of a run are delivered, at a price that does not count: each look goes on where the last one ended. */
class DeliveryWatch {
  private constructor(
    private readonly client: pg.Client,
    private readonly accountId: string,
  ) {}

  static async open(url: string, accountId: string): Promise<DeliveryWatch> {
    const client = new pg.Client({ connectionString: url });
    // A connection that ends with the server is no news.
    client.on('error', () => undefined);
    await client.connect();
    return new DeliveryWatch(client, accountId);
  }

  /** All messages after `from` (an id), of which there must be some already. */
  async allDelivered(from: string): Promise<void> {
    for (let next = await this.undelivered(from); next; next = await this.undelivered(next)) await sleep(10);
  }

  private async undelivered(from: string): Promise<string | undefined> {
    const { rows } = await this.client.query<{ id: string }>(
      `SELECT id FROM messages WHERE account_id = $1 AND id >= $2 AND state <> 'delivered' ORDER BY id LIMIT 1`,
      [this.accountId, from],
    );
    return rows[0]?.id;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}

let used = 0;
/** Mobile numbers of Russia, none twice. */
function recipients(count: number): string[] {
  return Array.from({ length: count }, () => `7916${String(++used).padStart(7, '0')}`);
}

function summary(bulk: Run[], single: Run[], baseline: number[], latencies: number[]): Record<string, unknown> {
  const rates = (runs: Run[]) => median(runs.map(({ rate }) => rate));
  const cpu = (runs: Run[], name: keyof Cpu) => Math.round(median(runs.map((run) => run.cpu[name] ?? Number.NaN)));
  const split = (runs: Run[]) => ({
    api: cpu(runs, 'api'),
    worker: cpu(runs, 'worker'),
    postgres: cpu(runs, 'postgres'),
  });
  const ratio = (runs: Run[]) => median(runs.map(({ rate }, pair) => rate / baseline[pair]!));
  const sorted = latencies.toSorted((a, b) => a - b);
  const percentile = (share: number) => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return {
    rate: Math.round(rates(bulk)),
    baseline: Math.round(median(baseline)),
    ratio: Number(ratio(bulk).toFixed(2)),
    cpuUs: cpu(bulk, 'all'),
    cpuSplitUs: split(bulk),
    singleRate: Math.round(rates(single)),
    singleRatio: Number(ratio(single).toFixed(2)),
    singleCpuUs: cpu(single, 'all'),
    singleCpuSplitUs: split(single),
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

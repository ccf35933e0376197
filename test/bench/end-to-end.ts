import { newId } from '../../src/kernel/ids.js';
import { type BenchOperator, startOperator } from './bench-operator.js';
import { CpuMeter } from './cpu-meter.js';
import { DeliveryWatch } from './delivery-watch.js';
import type { LeanChainSettings } from './lean-chain-server.js';
import { LeanChain } from './lean-chain.js';
import { LeanProcess } from './lean-process.js';
import { Load } from './load.js';
import { type OpenedCabinet, openCabinet, QUICK_OPERATOR } from './opened-cabinet.js';
import { median, percentile, rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { medianCpu, medianRate, medianRatio, type Run, sum } from './turns.js';

const MESSAGES = 4_000;
const PAIRS = 3;
const BULK = 500;
const CALLERS = 32;
/** Single sends before the first that count: a cold V8 needs three times as long. */
const WARM_UP = 2_000;
/** Longer than a run of single sends ever takes: they end by their number. */
const SINGLE_SECONDS = 60;

/**
 * The whole chain, from the POST to the applied delivery report: API, worker and operator as processes of their own, every feature
 * on, against lean chains on the same PostgreSQL with an operator each of their own, in turns. One lean chain accepts in batches, the
 * other is a server in a process of its own that takes single sends over HTTP.
 */
export async function endToEnd(): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet();
  try {
    const { pids } = cabinet.processes;
    const operators = [await startOperator(QUICK_OPERATOR), await startOperator(QUICK_OPERATOR)] as const;
    const ours = await OurChain.open(cabinet);
    const leanBulk = await LeanChain.open(cabinet.databaseUrl, operators[0].smppPort);
    const leanSingle = await LeanSingleChain.open(cabinet, operators[1]);
    await ours.bulk(500);
    await ours.single(WARM_UP);
    await leanBulk.run(recipients(500));
    await leanSingle.run(WARM_UP);
    const runs: Runs = { bulk: [], leanBulk: [], single: [], leanSingle: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      runs.bulk.push(await ours.bulk(MESSAGES));
      runs.leanBulk.push({ rate: MESSAGES / (await leanBulk.run(recipients(MESSAGES))) });
      runs.single.push(await ours.single(MESSAGES / 2));
      runs.leanSingle.push(await leanSingle.run(MESSAGES / 2));
    }
    const figures = summary(runs);
    const rssMb = { api: residentMb(pids.api), worker: residentMb(pids.worker) };
    await ours.close();
    await leanBulk.close();
    await leanSingle.close();
    for (const operator of operators) operator.stop();
    return { ...figures, rssMb, messages: MESSAGES, pairs: PAIRS };
  } finally {
    await cabinet.close();
  }
}

interface ChainRun extends Run {
  latencies: number[];
}

interface Runs {
  bulk: ChainRun[];
  leanBulk: { rate: number }[];
  single: ChainRun[];
  leanSingle: ChainRun[];
}

const SINGLE_LOAD = new Load(CALLERS, 1, () => JSON.stringify({ recipients: [`+${recipients(1)[0]}`], text: 'hello' }));

class OurChain {
  private readonly meter: CpuMeter<'api' | 'worker' | 'postgres'>;

  private constructor(
    private readonly cabinet: OpenedCabinet,
    private readonly watch: DeliveryWatch,
  ) {
    const { postgres, processes } = cabinet;
    this.meter = new CpuMeter({ api: () => [processes.pids.api], worker: () => [processes.pids.worker], postgres });
  }

  static async open(cabinet: OpenedCabinet): Promise<OurChain> {
    return new OurChain(cabinet, await DeliveryWatch.open(cabinet.databaseUrl, cabinet.accountId));
  }

  bulk(messages: number): Promise<ChainRun> {
    const calls = Array.from({ length: messages / BULK }, () => recipients(BULK).map((one) => `+${one}`));
    const caller = async () => {
      for (let to = calls.pop(); to; to = calls.pop())
        await this.cabinet.portal.post('/v1/messages', { recipients: to, text: 'hello' });
    };
    return this.measure(async () => {
      await Promise.all([caller(), caller()]);
      return { messages, latencies: [] };
    });
  }

  single(messages: number): Promise<ChainRun> {
    const { processes, apiKey } = this.cabinet;
    const target = { url: processes.apiUrl, apiKey, meter: this.meter };
    return this.measure(() => sendSingly(target, messages));
  }

  close(): Promise<void> {
    return this.watch.close();
  }

  private measure(send: () => Promise<Sent>): Promise<ChainRun> {
    const from = newId(new Date());
    return measure(this.meter, send, () => this.watch.allDelivered(from));
  }
}

class LeanSingleChain {
  private readonly meter: CpuMeter<'chain' | 'postgres'>;

  private constructor(
    private readonly lean: LeanProcess<{ url: string }, 'all delivered?', undefined>,
    postgres: () => number[],
  ) {
    this.meter = new CpuMeter({ chain: () => [lean.pid], postgres });
  }

  static async open({ databaseUrl, postgres }: OpenedCabinet, { smppPort }: BenchOperator): Promise<LeanSingleChain> {
    const settings: LeanChainSettings = { databaseUrl, smppPort };
    return new LeanSingleChain(await LeanProcess.start('lean-chain-server.js', settings), postgres);
  }

  run(messages: number): Promise<ChainRun> {
    const target = { url: this.lean.ready.url, apiKey: 'none', meter: this.meter };
    return measure(
      this.meter,
      () => sendSingly(target, messages),
      () => this.lean.ask('all delivered?'),
    );
  }

  close(): Promise<void> {
    return this.lean.stop();
  }
}

interface Sent {
  messages: number;
  latencies: number[];
}

async function sendSingly(target: Parameters<Load['run']>[0], messages: number): Promise<Sent> {
  const { latencies } = await SINGLE_LOAD.run(target, SINGLE_SECONDS, messages);
  return { messages: latencies.length, latencies };
}

async function measure(
  meter: CpuMeter<string>,
  send: () => Promise<Sent>,
  allDelivered: () => Promise<void>,
): Promise<ChainRun> {
  const cpuUsed = meter.start();
  const startedAt = performance.now();
  const { messages, latencies } = await send();
  await allDelivered();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { rate: messages / seconds, cpu: cpuUsed(messages), latencies };
}

function summary({ bulk, leanBulk, single, leanSingle }: Runs): Record<string, unknown> {
  const split = medianCpu(bulk);
  const singleSplit = medianCpu(single);
  const latencies = single.flatMap((run) => run.latencies);
  return {
    rate: rounded(medianRate(bulk)),
    baseline: rounded(medianRate(leanBulk)),
    ratio: rounded(medianRatio(bulk, leanBulk), 2),
    cpuUs: sum(split),
    cpuSplitUs: split,
    singleRate: rounded(medianRate(single)),
    singleBaseline: rounded(medianRate(leanSingle)),
    singleRatio: rounded(medianRatio(single, leanSingle), 2),
    singleCpuUs: sum(singleSplit),
    singleCpuSplitUs: singleSplit,
    singleBaselineCpuSplitUs: medianCpu(leanSingle),
    p50Ms: rounded(median(latencies), 1),
    p99Ms: rounded(percentile(latencies, 0.99), 1),
  };
}

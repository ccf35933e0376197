import type { PortalClient } from '../../src/entrypoints/demo/portal-client.js';
import { newId } from '../../src/kernel/ids.js';
import { startOperator } from './bench-operator.js';
import { CpuMeter } from './cpu-meter.js';
import { DeliveryWatch } from './delivery-watch.js';
import { LeanChain } from './lean-chain.js';
import { openCabinet, QUICK_OPERATOR } from './opened-cabinet.js';
import { median, percentile, rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { medianCpu, medianRate, medianRatio, type Run, sum } from './turns.js';

const MESSAGES = 4_000;
const PAIRS = 3;
const BULK = 500;
const CALLERS = 32;

/**
 * The whole chain, from the POST to the applied delivery report: API, worker and operator as processes of their own, every feature
 * on, against the lean chain on the same PostgreSQL and the same operator, in turns.
 */
export async function endToEnd(): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet();
  try {
    const { pids } = cabinet.processes;
    const operator = await startOperator(QUICK_OPERATOR);
    const lean = await LeanChain.open(cabinet.databaseUrl, operator.smppPort);
    const watch = await DeliveryWatch.open(cabinet.databaseUrl, cabinet.accountId);
    const meter = new CpuMeter({ api: () => [pids.api], worker: () => [pids.worker], postgres: cabinet.postgres });
    const chain = new OurChain(cabinet.portal, watch, meter);
    await chain.bulk(recipients(500));
    await lean.run(recipients(500));
    const bulk: Run[] = [];
    const single: Run[] = [];
    const baseline: { rate: number }[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      bulk.push(await chain.bulk(recipients(MESSAGES)));
      baseline.push({ rate: MESSAGES / (await lean.run(recipients(MESSAGES))) });
      single.push(await chain.single(recipients(MESSAGES / 2)));
    }
    await watch.close();
    await lean.close();
    operator.stop();
    return {
      ...summary(bulk, single, baseline, chain.latencies),
      rssMb: { api: residentMb(pids.api), worker: residentMb(pids.worker) },
      messages: MESSAGES,
      pairs: PAIRS,
    };
  } finally {
    await cabinet.close();
  }
}

class OurChain {
  readonly latencies: number[] = [];

  constructor(
    private readonly portal: PortalClient,
    private readonly watch: DeliveryWatch,
    private readonly meter: CpuMeter<'api' | 'worker' | 'postgres'>,
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
    const cpuUsed = this.meter.start();
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
    return { rate: messages / seconds, cpu: cpuUsed(messages) };
  }
}

function summary(
  bulk: Run[],
  single: Run[],
  baseline: { rate: number }[],
  latencies: readonly number[],
): Record<string, unknown> {
  const split = medianCpu(bulk);
  const singleSplit = medianCpu(single);
  return {
    rate: rounded(medianRate(bulk)),
    baseline: rounded(medianRate(baseline)),
    ratio: rounded(medianRatio(bulk, baseline), 2),
    cpuUs: sum(split),
    cpuSplitUs: split,
    singleRate: rounded(medianRate(single)),
    singleRatio: rounded(medianRatio(single, baseline), 2),
    singleCpuUs: sum(singleSplit),
    singleCpuSplitUs: singleSplit,
    p50Ms: rounded(median(latencies), 1),
    p99Ms: rounded(percentile(latencies, 0.99), 1),
  };
}

import { CpuMeter } from './cpu-meter.js';
import type { LeanAcceptSettings } from './lean-accept-server.js';
import { LeanProcess } from './lean-process.js';
import { Load, type LoadRun } from './load.js';
import { type OpenedCabinet, openCabinet } from './opened-cabinet.js';
import { median, percentile, rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { inTurns, medianCpu, medianRate, medianRatio, sum } from './turns.js';

/** Until V8 has compiled what is hot: before, a call costs three times as much. */
const WARM_UP_SECONDS = 20;
const RUN_SECONDS = 1.5;
const BULK = 1_000;

interface AcceptBench {
  callers: number;
  perCall: number;
  warmUpCalls: number;
  pairs: number;
  nextBody: () => string;
  /** Whether the baseline runs once more with numbers parsed and texts rendered. */
  alsoReading: boolean;
}

/** Accepting one message a call: 64 callers with one API key and one wallet, a new idempotency key each. No worker runs. */
export function acceptSingle(): Promise<Record<string, unknown>> {
  return accept({
    callers: 64,
    perCall: 1,
    warmUpCalls: 8_000,
    pairs: 4,
    nextBody: () => JSON.stringify({ recipients: [`+${recipients(1)[0]}`], text: 'hello' }),
    alsoReading: false,
  });
}

/** Accepting a thousand a call, each with a text of its own. No worker runs. */
export function acceptBulk(): Promise<Record<string, unknown>> {
  return accept({
    callers: 4,
    perCall: BULK,
    warmUpCalls: 40,
    pairs: 3,
    nextBody: () =>
      JSON.stringify({
        recipients: recipients(BULK).map((to) => ({ to: `+${to}`, variables: { name: to.slice(-5), time: '10:00' } })),
        text: 'Dear {{name}}, we expect you tomorrow at {{time}}',
      }),
    alsoReading: true,
  });
}

async function accept(bench: AcceptBench): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet();
  try {
    await cabinet.processes.stopWorker();
    return { ...(await measure(cabinet, bench)), callers: bench.callers, pairs: bench.pairs };
  } finally {
    await cabinet.close();
  }
}

async function measure(cabinet: OpenedCabinet, bench: AcceptBench): Promise<Record<string, unknown>> {
  const { processes, postgres, apiKey } = cabinet;
  const api = processes.pids.api;
  const load = new Load(bench.callers, bench.perCall, bench.nextBody);
  const meter = new CpuMeter({ api: () => [api], postgres, load: () => [process.pid] });
  const ours = { url: processes.apiUrl, apiKey, meter };
  await load.run(ours, WARM_UP_SECONDS, bench.warmUpCalls);
  const against = async (reads: boolean) => {
    const lean = await startLean(cabinet, reads);
    await load.run(lean, WARM_UP_SECONDS / 2, bench.warmUpCalls);
    const runs = await inTurns(
      bench.pairs,
      () => load.run(ours, RUN_SECONDS),
      () => load.run(lean, RUN_SECONDS),
    );
    const rssMb = { api: residentMb(api), lean: residentMb(lean.pid) };
    await lean.stop();
    return { ...runs, rssMb };
  };
  const bare = await against(false);
  const figures = { ...summary(bare), rssMb: bare.rssMb };
  if (!bench.alsoReading) return figures;
  const reading = await against(true);
  return {
    ...figures,
    parsedBaseline: rounded(medianRate(reading.lean)),
    parsedRatio: rounded(medianRatio(reading.ours, reading.lean), 2),
  };
}

async function startLean({ databaseUrl, postgres }: OpenedCabinet, reads: boolean) {
  const settings: LeanAcceptSettings = { databaseUrl, reads };
  const lean = await LeanProcess.start<{ url: string }>('lean-accept-server.js', settings);
  return {
    url: lean.ready.url,
    apiKey: 'none',
    meter: new CpuMeter({ api: () => [lean.pid], postgres, load: () => [process.pid] }),
    pid: lean.pid,
    stop: () => lean.stop(),
  };
}

type Runs = LoadRun<'api' | 'postgres' | 'load'>[];

function summary({ ours, lean }: { ours: Runs; lean: Runs }): Record<string, unknown> {
  const { load: loadUs, ...split } = medianCpu(ours);
  const { load: baselineLoadUs, ...leanSplit } = medianCpu(lean);
  const latencies = ours.flatMap((run) => run.latencies);
  return {
    rate: rounded(medianRate(ours)),
    baseline: rounded(medianRate(lean)),
    ratio: rounded(medianRatio(ours, lean), 2),
    cpuUs: sum(split),
    cpuSplitUs: split,
    baselineCpuUs: sum(leanSplit),
    baselineCpuSplitUs: leanSplit,
    /** What the callers cost, in a process of their own: the same for both. */
    loadUs: { ours: loadUs, baseline: baselineLoadUs },
    p50Ms: rounded(median(latencies), 1),
    p99Ms: rounded(percentile(latencies, 0.99), 1),
  };
}

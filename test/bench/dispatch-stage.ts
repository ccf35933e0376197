import { type BenchOperator, startOperator } from './bench-operator.js';
import { CpuMeter } from './cpu-meter.js';
import { DeliveryWatch } from './delivery-watch.js';
import type { LeanDispatchQuestion, LeanDispatchSettings } from './lean-dispatch.js';
import { LeanProcess } from './lean-process.js';
import { type OpenedCabinet, openCabinet, QUICK_OPERATOR } from './opened-cabinet.js';
import { rounded } from './order-statistics.js';
import { type DispatchRun, OurDispatch } from './our-dispatch.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { inTurns, medianCpu, medianRate, medianRatio, type Run, sum } from './turns.js';

const MESSAGES = 4_000;
const WARM_UP = 500;
const PAIRS = 3;
/** Reports leave as fast as they are answered. The window is what a baseline needs that answers only what is applied. */
const OPERATOR = { ...QUICK_OPERATOR, reportDelay: { minMs: 0, maxMs: 0 }, reportWindow: 1_000 };

type LeanRun = Run<'node' | 'postgres'>;
type OneRun<R> = (to: readonly string[]) => Promise<R>;

/** What the benchmarks of dispatch have in common: an opened cabinet, and the lean loop in a process of its own beside it. */
export class DispatchStage {
  private constructor(
    readonly cabinet: OpenedCabinet,
    readonly ours: OurDispatch,
    readonly lean: LeanDispatch,
  ) {}

  /** Both over SMPP, with an operator each, or both to the one HTTP server at `httpPort`. */
  static async with<T>(httpPort: number | null, work: (stage: DispatchStage) => Promise<T>): Promise<T> {
    const closers: (() => unknown)[] = [];
    try {
      return await work(await DispatchStage.open(httpPort, closers));
    } finally {
      for (const close of closers.toReversed()) await close();
    }
  }

  /** After a warm-up, A B A B …; what a bench prints. */
  async inTurns(ours: OneRun<DispatchRun>, lean: OneRun<LeanRun>): Promise<Record<string, unknown>> {
    await ours(recipients(WARM_UP));
    await lean(recipients(WARM_UP));
    const runs = await inTurns(
      PAIRS,
      () => ours(recipients(MESSAGES)),
      () => lean(recipients(MESSAGES)),
    );
    const split = medianCpu(runs.ours);
    const leanSplit = medianCpu(runs.lean);
    return {
      rate: rounded(medianRate(runs.ours)),
      baseline: rounded(medianRate(runs.lean)),
      ratio: rounded(medianRatio(runs.ours, runs.lean), 2),
      cpuUs: sum(split),
      cpuSplitUs: split,
      baselineCpuUs: sum(leanSplit),
      baselineCpuSplitUs: leanSplit,
      rssMb: { worker: residentMb(this.cabinet.processes.pids.worker) },
      messages: MESSAGES,
      pairs: PAIRS,
    };
  }

  /** What is to be closed again is put to `closers`, also when the rest fails. */
  private static async open(httpPort: number | null, closers: (() => unknown)[]): Promise<DispatchStage> {
    const cabinet = await openCabinet({ operator: OPERATOR });
    closers.push(() => cabinet.close());
    const operator = await startOperator(OPERATOR);
    closers.push(() => operator.stop());
    await letReportsGo(cabinet.processes.operatorControlUrl, false);
    await letReportsGo(operator.controlUrl, false);
    const { databaseUrl, accountId } = cabinet;
    const settings: LeanDispatchSettings = {
      databaseUrl,
      ...(httpPort === null ? { over: 'smpp', port: operator.smppPort } : { over: 'http', port: httpPort }),
    };
    const lean = await LeanProcess.start<null, LeanDispatchQuestion, null>('lean-dispatch.js', settings);
    closers.push(() => lean.stop());
    const watch = await DeliveryWatch.open(databaseUrl, accountId);
    closers.push(() => watch.close());
    const meter = new CpuMeter({ node: () => [lean.pid], postgres: cabinet.postgres });
    return new DispatchStage(cabinet, new OurDispatch(cabinet, watch), new LeanDispatch(lean, operator, meter));
  }
}

/** The lean loop as the benchmarks see it: the same questions as for {@link OurDispatch}. */
export class LeanDispatch {
  constructor(
    private readonly process: LeanProcess<null, LeanDispatchQuestion, null>,
    private readonly operator: BenchOperator,
    private readonly meter: CpuMeter<'node' | 'postgres'>,
  ) {}

  async dispatch(to: readonly string[]): Promise<LeanRun> {
    await this.process.ask({ kind: 'fill', recipients: to });
    return this.measure(to.length, () => this.process.ask({ kind: 'work', most: to.length }));
  }

  async applyReports(to: readonly string[]): Promise<LeanRun> {
    await this.process.ask({ kind: 'fill', recipients: to });
    await this.process.ask({ kind: 'work', most: to.length });
    const run = await this.measure(to.length, async () => {
      const applied = this.process.ask({ kind: 'reports', count: to.length });
      await letReportsGo(this.operator.controlUrl, true);
      await applied;
    });
    await letReportsGo(this.operator.controlUrl, false);
    return run;
  }

  private async measure(messages: number, work: () => Promise<unknown>): Promise<LeanRun> {
    const cpuUsed = this.meter.start();
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    return { rate: messages / seconds, cpu: cpuUsed(messages) };
  }
}

/** Whether the operator sends the reports that it has. */
export async function letReportsGo(controlUrl: string, go: boolean): Promise<void> {
  const answer = await fetch(`${controlUrl}/faults`, {
    method: 'POST',
    body: JSON.stringify({ reports: { paused: !go } }),
  });
  if (!answer.ok) throw new Error(`the operator answered ${answer.status}`);
  await answer.arrayBuffer();
}

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../src/database/database.js';
import type { OperatorStats } from '../../src/sandbox/journal.js';
import { openBooks, queueBacklog } from './backlog.js';
import { startOperator } from './bench-operator.js';
import { CpuMeter } from './cpu-meter.js';
import { LeanDispatch, letReportsGo } from './dispatch-stage.js';
import { underOldSnapshot, vacuum } from './snapshots.js';
import { History } from './history.js';
import type { LeanDispatchQuestion } from './lean-dispatch.js';
import { LeanProcess } from './lean-process.js';
import { type OpenedCabinet, openCabinet, QUICK_OPERATOR } from './opened-cabinet.js';
import { median, rounded } from './order-statistics.js';
import { residentMb } from './processes-cpu.js';
import { recipients } from './recipients.js';
import { medianRate, medianRatio, type Run, sum } from './turns.js';

const PAIRS = 3;
/** Of one run; the rest of it is warm-up and tail. */
const MEASURED = 4_000;
const MARGIN = 1_000;
const OPERATOR = { ...QUICK_OPERATOR, reportWindow: 1_000 };
const PATIENCE_MS = 120_000;
const SNAPSHOT_TAIL_MS = 10_000;
/** A provider that drains gives back what is claimed ahead. */
const CALM_MS = 2_000;

export interface GrowthOptions {
  /** Messages that were sent and reported, with attempts and parts. */
  history: number;
  /** Messages that wait and are due. */
  due: number;
  /** How long an old snapshot is held. */
  held: number;
}

/**
 * What claiming and settling cost when the tables have grown: two cabinets with their own PostgreSQL, one almost empty, one full, and a
 * lean loop on tables of its own beside each; all four in turns. Then the full one while a snapshot is held open elsewhere.
 */
export async function claimGrowth({ history, due, held }: GrowthOptions): Promise<Record<string, unknown>> {
  const closers: (() => unknown)[] = [];
  try {
    const empty = await Side.open('empty', closers);
    const full = await Side.open('full', closers);
    await full.grow(history, due);
    const runs: Record<'empty' | 'full' | 'leanEmpty' | 'leanFull', Run[]> = {
      empty: [],
      full: [],
      leanEmpty: [],
      leanFull: [],
    };
    for (let pair = 0; pair < PAIRS; pair++) {
      runs.empty.push(await empty.ours());
      runs.leanEmpty.push(await empty.theirs());
      runs.full.push(await full.ours());
      runs.leanFull.push(await full.theirs());
    }
    const snapshot = await full.underSnapshot(held * 1_000);
    return {
      history,
      due,
      ...compare('', runs.full, runs.empty),
      ...compare('lean', runs.leanFull, runs.leanEmpty),
      snapshotSeconds: held,
      snapshotRate: rounded(snapshot.last.rate),
      snapshotRatio: rounded(snapshot.last.rate / snapshot.before.rate, 2),
      snapshotCpuUs: rounded(cpu(snapshot.last)),
      beforeSnapshotCpuUs: rounded(cpu(snapshot.before)),
      rssMb: { worker: residentMb(full.workerPid) },
      pairs: PAIRS,
      messages: MEASURED,
    };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/** One cabinet and one lean loop on the same PostgreSQL; nothing is sent but in a turn. */
class Side {
  private readonly meter: CpuMeter<'worker' | 'postgres'>;

  private constructor(
    private readonly cabinet: OpenedCabinet,
    private readonly books: Database,
    private readonly providerId: string,
    private readonly process: LeanProcess<null, LeanDispatchQuestion, null>,
    private readonly lean: LeanDispatch,
    /** Has messages of its own to send, and need not be given any. */
    private grown = false,
  ) {
    this.meter = new CpuMeter({ worker: () => [this.workerPid], postgres: cabinet.postgres });
  }

  /** What is to be closed again is put to `closers`, also when the rest fails. */
  static async open(name: string, closers: (() => unknown)[]): Promise<Side> {
    const dataDir = `.data/bench-${name}`;
    closers.push(() => rmSync(dataDir, { recursive: true, force: true }));
    const cabinet = await openCabinet({ dataDir, operator: OPERATOR });
    closers.push(() => cabinet.close());
    const operator = await startOperator(OPERATOR);
    closers.push(() => operator.stop());
    const books = await openBooks(cabinet.databaseUrl);
    closers.push(() => books.close());
    const settings = { databaseUrl: cabinet.databaseUrl, over: 'smpp', port: operator.smppPort };
    const lean = await LeanProcess.start<null, LeanDispatchQuestion, null>('lean-dispatch.js', settings);
    closers.push(() => lean.stop());
    const meter = new CpuMeter({ node: () => [lean.pid], postgres: cabinet.postgres });
    for (const url of [cabinet.processes.operatorControlUrl, operator.controlUrl]) await letReportsGo(url, false);
    const [provider] = await books.query<{ id: string }>('SELECT id FROM providers');
    const side = new Side(cabinet, books, provider!.id, lean, new LeanDispatch(lean, operator, meter));
    await side.rest();
    return side;
  }

  get workerPid(): number {
    return this.cabinet.processes.pids.worker;
  }

  async grow(history: number, due: number): Promise<void> {
    const { books, providerId, cabinet } = this;
    await History.fill(cabinet, providerId, { messages: history, queued: 0, parked: 0 }, () => undefined);
    await queueBacklog(books, { providerId, messages: due });
    await this.process.ask({ kind: 'grow', history, due });
    await vacuum(cabinet.databaseUrl);
    this.grown = true;
  }

  /** The worker as it is, from the first thousand on; what is queued for this is sent to its end. */
  async ours(): Promise<Run> {
    const messages = MEASURED + 2 * MARGIN;
    if (!this.grown) await queueBacklog(this.books, { providerId: this.providerId, messages });
    const before = await this.received();
    await this.go();
    await this.reaches(before + MARGIN);
    const run = await this.measure(() => this.reaches(before + MARGIN + MEASURED));
    await this.reaches(before + messages);
    await this.rest();
    return run;
  }

  theirs(): Promise<Run> {
    return this.lean.dispatch(recipients(MEASURED));
  }

  /** Before a snapshot is opened elsewhere, and in the last seconds of the time for which it is held. */
  async underSnapshot(ms: number): Promise<{ before: Run; last: Run }> {
    const sent = await this.received();
    await this.go();
    await this.reaches(sent + MARGIN);
    const before = await this.measure(() => sleep(SNAPSHOT_TAIL_MS));
    const last = await underOldSnapshot(this.cabinet.databaseUrl, async () => {
      await sleep(ms - SNAPSHOT_TAIL_MS);
      return this.measure(() => sleep(SNAPSHOT_TAIL_MS));
    });
    await this.rest();
    return { before, last };
  }

  private async measure(work: () => Promise<unknown>): Promise<Run> {
    const from = await this.received();
    const startedAt = performance.now();
    const cpuUsed = this.meter.start();
    await work();
    const messages = (await this.received()) - from;
    return { rate: messages / ((performance.now() - startedAt) / 1_000), cpu: cpuUsed(messages) };
  }

  private async go(): Promise<void> {
    const staff = await this.cabinet.signInStaff();
    await staff.post(`/admin/v1/providers/${this.providerId}/resume`);
  }

  private async rest(): Promise<void> {
    const staff = await this.cabinet.signInStaff();
    await staff.post(`/admin/v1/providers/${this.providerId}/drain`);
    await sleep(CALM_MS);
  }

  private async reaches(count: number): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while ((await this.received()) < count) {
      if (performance.now() > deadline) throw new Error(`the operator did not get ${count} in ${PATIENCE_MS} ms`);
      await sleep(20);
    }
  }

  private async received(): Promise<number> {
    const answer = await fetch(`${this.cabinet.processes.operatorControlUrl}/stats`);
    return ((await answer.json()) as OperatorStats).received;
  }
}

/** Rate and CPU a message when full, and what they are of those when empty, pair by pair. */
function compare(side: '' | 'lean', full: readonly Run[], empty: readonly Run[]): Record<string, number> {
  const named = (name: string) => (side === '' ? name : side + name[0]!.toUpperCase() + name.slice(1));
  return {
    [named('rate')]: rounded(medianRate(full)),
    [named('emptyRate')]: rounded(medianRate(empty)),
    [named('ratio')]: rounded(medianRatio(full, empty), 2),
    [named('cpuUs')]: rounded(median(full.map(cpu))),
    [named('emptyCpuUs')]: rounded(median(empty.map(cpu))),
  };
}

const cpu = (run: Run): number => sum(run.cpu as Record<string, number>);

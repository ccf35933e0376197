import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, seededRandom } from '../../src/sandbox/behaviour.js';
import type { OperatorConfig } from '../../src/sandbox/operator-config.js';
import { Books, type OpenWork } from './books.js';
import { Crew } from './crew.js';
import { Gateway } from './gateway.js';
import { PASSWORD, RESPONSE_TIMEOUT_MS, setStage, type Stage, SYSTEM_IDS } from './stage.js';
import { Traffic } from './traffic.js';
import { planTroubles, type Trouble } from './troubles.js';
import { judge } from './verdict.js';

export interface SoakOptions {
  messages: number;
  /** How long messages come in and things go wrong. */
  seconds: number;
  seed: number;
  workers: number;
  dataDir: string;
  /** How long an unknown outcome may wait to be explained. */
  unknownSeconds: number;
  /** Ends everything early. */
  signal?: AbortSignal;
  note?: (line: string) => void;
}

/** The line of `npm run soak -- --json`, and what it was made from. */
export interface SoakResult {
  figures: {
    messages: number;
    /** Messages that the operator took over. */
    submitted: number;
    duplicates: number;
    lost: number;
    /** Messages whose outcome was unknown at some time. */
    unknown: number;
    stuck: number;
    ledgerViolations: number;
    kills: number;
    apiKills: number;
    dbRestarts: number;
    cuts: number;
    seconds: number;
  };
  /** Every broken promise in words; empty when all is well. */
  findings: string[];
}

const LEASE_S = 6;
/** Nothing happened for so long beyond every deadline: what is open now stays open. */
const PATIENCE_S = LEASE_S + 45;
const PARTS_PER_MESSAGE = 1.3;
/** Providers could send so much faster than messages come in. */
const HEADROOM = 1.6;
const STARTING_S = 20;
const LATE = { answered: 6, never: 4, ignored: 2 };
const SHARES: OperatorConfig['shares'] = { undelivered: 0.04, expired: 0.02, rejected: 0.01, refused: 0.02 };
const DAY_MS = 86_400_000;
const GATEWAY_LOG = 'gateway.ndjson';
/** What makes no outcome unknown. */
const HARMLESS: readonly Trouble['kind'][] = ['unreported', 'kill-api'];

/** Plays a bounded run of everything that goes wrong, and judges it by the operator's log against the database. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { dataDir, seed, seconds, messages } = options;
  const startedAt = performance.now();
  const closing = planClosing(seconds);
  const operator: Partial<OperatorConfig> = {
    seed,
    shares: SHARES,
    moreSystemIds: { [SYSTEM_IDS.south]: PASSWORD },
    answerDelay: { minMs: 5, maxMs: 60 },
    reportDelay: { minMs: 20, maxMs: 1_500 },
    logFile: join(dataDir, 'operator.ndjson'),
  };
  const environment = {
    LEASE_SECONDS: String(LEASE_S),
    UNKNOWN_OUTCOME_SECONDS: String(options.unknownSeconds),
    CLOCK_SHIFT_SECONDS: String(closing.shiftSeconds),
  };
  const crew = await Crew.start({ dataDir, operator, workers: options.workers, environment }, options.signal);
  const gateway = await Gateway.start({
    logFile: join(dataDir, GATEWAY_LOG),
    random: seededRandom(seed + 1),
    outcomeOf: (number) => outcomeOf(number, SHARES ?? {}, {}),
  });
  try {
    options.note?.(`everybody runs; logs are in ${dataDir}`);
    const ratePerSecond = Math.ceil(((messages * PARTS_PER_MESSAGE) / 2 / seconds) * HEADROOM);
    const stage = await setStage(crew, { dataDir, gateway, ratePerSecond, closesAt: closing.closesAt });
    const books = new Books(crew.databaseUrl);
    try {
      return await new Soak(options, crew, gateway, stage, books, closing.closesAtReal, startedAt).play();
    } finally {
      await books.close();
    }
  } finally {
    await gateway.stop();
    await crew.stop();
  }
}

/**
 * The second provider closes at noon by the product's clock, which is set ahead so that noon comes half-way through the run: the
 * hours end by themselves, in every process, as they do in production.
 */
function planClosing(seconds: number): { closesAt: string; closesAtReal: Date; shiftSeconds: number } {
  const closesAtReal = new Date(Date.now() + (STARTING_S + seconds * 0.4) * 1_000);
  const noon = new Date(closesAtReal).setUTCHours(12, 0, 0, 0);
  const next = noon >= closesAtReal.getTime() ? noon : noon + DAY_MS;
  const shiftSeconds = Math.round((next - closesAtReal.getTime()) / 1_000);
  return { closesAt: '12:00', closesAtReal: new Date(next - shiftSeconds * 1_000), shiftSeconds };
}

class Soak {
  private readonly random: () => number;
  private readonly traffic: Traffic;
  private readonly stopping = new AbortController();
  private readonly onceUnknown = new Set<string>();
  /** The most messages whose outcome may be unknown: what was in hand when something went wrong. */
  private mayBeUnknown = 0;
  private kills = 0;
  private apiKills = 0;
  private dbRestarts = 0;
  private cuts = 0;
  private reopenedAt = new Date(0);

  constructor(
    private readonly options: SoakOptions,
    private readonly crew: Crew,
    private readonly gateway: Gateway,
    private readonly stage: Stage,
    private readonly books: Books,
    private readonly closesAt: Date,
    private readonly startedAt: number,
  ) {
    const { messages, seconds, seed } = options;
    this.random = seededRandom(seed);
    this.traffic = new Traffic(crew.apiUrls, stage.apiKey, { messages, seconds, random: this.random });
    options.signal?.addEventListener('abort', () => this.stopping.abort(), { once: true });
  }

  async play(): Promise<SoakResult> {
    await this.crew.operator.order({ reports: { duplicate: true, shuffle: true } });
    const watching = this.watchUnknown();
    try {
      await Promise.all([this.traffic.run(this.stopping.signal), this.makeTrouble(), this.reopen()]);
      this.options.note?.(`all ${this.traffic.answers.size} messages are accepted, the troubles are over`);
      const open = await this.settle();
      return await this.report(open);
    } finally {
      this.stopping.abort();
      await watching;
    }
  }

  private async makeTrouble(): Promise<void> {
    const startedAt = performance.now();
    for (const trouble of planTroubles(this.options.seconds, this.random)) {
      const waitMs = startedAt + trouble.atMs - performance.now();
      await sleep(Math.max(0, waitMs), undefined, { signal: this.stopping.signal });
      const before = await this.books.inFlight();
      const what = await this.cause(trouble);
      const after = await this.books.inFlight();
      if (!HARMLESS.includes(trouble.kind)) this.mayBeUnknown += Math.max(before, after);
      const at = Math.round((performance.now() - startedAt) / 1_000);
      this.options.note?.(`${at} s: ${what}; ${before} in flight before, ${after} after`);
    }
  }

  private async cause(trouble: Trouble): Promise<string> {
    const { crew } = this;
    switch (trouble.kind) {
      case 'kill': {
        const name = await crew.kill('worker', trouble.worker);
        if (name !== null) this.kills++;
        return name === null ? 'no worker to kill' : `${name} killed`;
      }
      case 'kill-api': {
        const name = await crew.kill('api', trouble.api);
        if (name !== null) this.apiKills++;
        return name === null ? 'no API to kill' : `${name} killed`;
      }
      case 'crash':
        this.dbRestarts++;
        crew.crashPostgres();
        return 'PostgreSQL killed';
      case 'stop':
        this.dbRestarts++;
        crew.stopPostgres();
        return 'PostgreSQL stopped';
      case 'cut':
        this.cuts++;
        this.gateway.cut();
        await crew.operator.order({ dropConnections: true });
        return "the operators' sockets cut";
      case 'late':
        await this.answerLate();
        return 'answers are late';
      case 'unreported':
        this.gateway.holdReports(true);
        await crew.operator.order({ reports: { paused: true } });
        await sleep(2_000);
        this.gateway.holdReports(false);
        await crew.operator.order({ reports: { paused: false } });
        return 'reports were held back';
      default:
        return trouble satisfies never;
    }
  }

  private async answerLate(): Promise<void> {
    const { answered, never, ignored } = LATE;
    this.mayBeUnknown += 2 * (answered + never + ignored);
    this.gateway.misbehave({ answerAfterMs: RESPONSE_TIMEOUT_MS * 1.5 }, answered);
    this.gateway.misbehave({ answerAfterMs: null }, never);
    this.gateway.misbehave({ answerAfterMs: null, ignores: true }, ignored);
    await this.crew.operator.order({
      next: [
        { action: 'answer_late', count: answered, delayMs: RESPONSE_TIMEOUT_MS * 1.5 },
        { action: 'never_answer', count: never },
        { action: 'never_answer', count: ignored, accepted: false },
        { action: 'throttle', count: 10 },
      ],
    });
  }

  /** Some time after the provider's hours have ended, ops opens it for good. */
  private async reopen(): Promise<void> {
    const closedFor = this.options.seconds * 150;
    const { signal } = this.stopping;
    await sleep(Math.max(0, this.closesAt.getTime() - Date.now()) + closedFor, undefined, { signal });
    for (let tries = 0; ; tries++) {
      try {
        const staff = await this.stage.staff();
        this.reopenedAt = new Date();
        await staff.patch(`/admin/v1/providers/${this.stage.southId}`, { sendingWindow: null });
        this.options.note?.('the closed provider is opened by ops');
        return;
      } catch (error) {
        if (tries === 240) throw error;
        await sleep(500, undefined, { signal });
      }
    }
  }

  private async watchUnknown(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      for (const id of await this.books.unknown().catch(() => [])) this.onceUnknown.add(id);
      await sleep(200, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Until nothing is open, or nothing has changed for longer than any deadline. */
  private async settle(): Promise<OpenWork> {
    const patienceMs = (PATIENCE_S + this.options.unknownSeconds) * 1_000;
    let seen = '';
    for (let changedAt = performance.now(); ;) {
      this.stopping.signal.throwIfAborted();
      const open = await this.books.open();
      const isOpen = open.queued + open.unknown + open.reports + Object.keys(open.messages).length > 0;
      if (!isOpen || performance.now() - changedAt > patienceMs) return open;
      if (JSON.stringify(open) !== seen) {
        seen = JSON.stringify(open);
        changedAt = performance.now();
      }
      await sleep(500);
    }
  }

  private async report(open: OpenWork): Promise<SoakResult> {
    const staff = await this.stage.staff();
    const { violations } = await staff.get<{ violations: object[] }>('/admin/v1/audit');
    const held = await this.books.held();
    for (const id of await this.books.neverExplained()) this.onceUnknown.add(id);
    const verdict = judge({
      answers: this.traffic.answers,
      booked: await this.books.messages(this.stage.accountId),
      logFiles: ['operator.ndjson', GATEWAY_LOG].map((name) => join(this.options.dataDir, name)),
      onceUnknown: this.onceUnknown,
      outcomeOf: (number) => outcomeOf(number, SHARES ?? {}, {}),
      closed: { systemId: SYSTEM_IDS.south, from: this.closesAt, to: this.reopenedAt },
    });
    const stuck = stuckOf(open);
    const broken = violations.map((one) => `audit: ${JSON.stringify(one)}`);
    if (held.wallets !== 0n || held.messages !== 0n)
      broken.push(`holds: wallets still hold ${held.wallets}, messages ${held.messages}`);
    const unknown = this.onceUnknown.size;
    const tooMany =
      unknown > this.mayBeUnknown ? [`unknown: ${unknown}, at most ${this.mayBeUnknown} were in flight`] : [];
    const missing = this.options.messages - this.traffic.answers.size;
    return {
      figures: {
        messages: this.traffic.answers.size,
        submitted: verdict.submitted,
        duplicates: verdict.duplicates.length,
        lost: verdict.lost.length,
        unknown,
        stuck: stuck.length,
        ledgerViolations: broken.length,
        kills: this.kills,
        apiKills: this.apiKills,
        dbRestarts: this.dbRestarts,
        cuts: this.cuts,
        seconds: Math.round((performance.now() - this.startedAt) / 1_000),
      },
      findings: [
        ...verdict.duplicates.map((one) => `duplicate: ${one}`),
        ...verdict.lost.map((one) => `lost: ${one}`),
        ...verdict.outOfHours.map((one) => `out of hours: ${one}`),
        ...stuck.map((one) => `stuck: ${one}`),
        ...broken,
        ...tooMany,
        ...this.crew.problems,
        ...(missing > 0 ? [`${missing} messages were not answered for`] : []),
      ],
    };
  }
}

function stuckOf({ messages, queued, unknown, reports }: OpenWork): string[] {
  const stuck = Object.entries(messages).flatMap(([state, count]) =>
    Array<string>(count).fill(`a message is ${state}`),
  );
  // Rows without such a message are as bad, and found by the audit only in part.
  if (stuck.length === 0 && queued + unknown > 0) stuck.push(`${queued} queue rows, ${unknown} open unknown outcomes`);
  if (reports > 0) stuck.push(`${reports} reports were never looked at`);
  return stuck;
}

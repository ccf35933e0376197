import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { AccountsService } from '../../accounts/index.js';
import {
  type ActiveConnection,
  ProviderConnections,
  ProvidersService,
  RateGates,
  SendingLines,
} from '../../providers/index.js';
import { SenderRatesRepository } from '../../senders/index.js';
import { ResolveUnknown } from '../settle/resolve-unknown.js';
import { SettleOutcomes } from '../settle/settle-outcomes.js';
import { type Landed, Settler } from '../settle/settler.js';
import { ClaimBatch } from './claim-batch.js';
import { DispatchSettings } from './dispatch-settings.js';
import { FlightDesk } from './flight-desk.js';
import { LinkLoop } from './link-loop.js';
import { QueueHints } from './queue-hints.js';
import { QueueKeeper } from './queue-keeper.js';
import { QueueListener } from './queue-listener.js';
import { Repeater } from './repeater.js';

const OVERDUE_BATCH = 500;
const PURGE_EVERY_MS = 3_600_000;

/**
 * The sending half of a worker process: one loop per link that this process holds, one settler for all of them, and the jobs
 * that keep the queue in order. Start it after the connections; stop it before them.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger('dispatch');
  private readonly loops = new Map<string, LinkLoop>();
  private readonly ending = new Set<Promise<void>>();
  private readonly settler: Settler;
  private readonly jobs: Repeater[];
  private stopListening: (() => void)[] = [];
  private running = false;

  constructor(
    private readonly database: Database,
    private readonly connections: ProviderConnections,
    private readonly providers: ProvidersService,
    private readonly rateGates: RateGates,
    private readonly lines: SendingLines,
    private readonly accounts: AccountsService,
    private readonly senderRates: SenderRatesRepository,
    private readonly claimBatch: ClaimBatch,
    private readonly desk: FlightDesk,
    private readonly hints: QueueHints,
    private readonly listener: QueueListener,
    private readonly keeper: QueueKeeper,
    private readonly unknown: ResolveUnknown,
    private readonly settings: DispatchSettings,
    outcomes: SettleOutcomes,
  ) {
    this.settler = new Settler(
      (landed) => outcomes.execute(landed),
      (landed) => this.settled(landed),
      { batch: settings.settleBatch, waitMs: settings.settleMs },
    );
    this.desk.onLanded((flight) => this.settler.add(flight));
    const { pollMs, housekeepingMs, leaseMs } = settings;
    this.jobs = [
      new Repeater('links', pollMs, () => this.matchLinks()),
      new Repeater('streams', pollMs, () => this.wakeStreams()),
      new Repeater('dry streams', housekeepingMs, () => this.keeper.putStreamsAway(this.takeDry())),
      new Repeater('validity', housekeepingMs, () => this.keeper.expireQueued()),
      new Repeater('leases', Math.min(housekeepingMs, leaseMs / 4), () => this.desk.keepLines()),
      new Repeater('lapsed leases', housekeepingMs, () => this.keeper.recoverLapsed()),
      new Repeater('unknown outcomes', housekeepingMs, () => this.unknown.closeOverdue(OVERDUE_BATCH)),
      new Repeater('closed outcomes', PURGE_EVERY_MS, () => this.unknown.purge()),
    ];
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.listener.start();
    this.stopListening = [
      this.hints.listen((providerIds) => this.wake(providerIds)),
      this.hints.onProviderChanged(() => this.providerChanged()),
      this.connections.onFreeSlots(() => this.matchLinks()),
      this.connections.onLateAnswers(({ answers }) => this.answeredLate(answers)),
    ];
    for (const job of this.jobs) job.start();
  }

  /**
   * Claims nothing more, gives back what was not handed to a provider, waits up to `drainMs` for answers and settles them.
   * What is not answered by then stays claimed until the lease of its line ends, or is settled by {@link finish}.
   */
  async stop(drainMs: number): Promise<void> {
    if (!this.running) return;
    this.running = false;
    const deadline = performance.now() + drainMs;
    for (const stop of this.stopListening.splice(0)) stop();
    await this.listener.stop();
    await Promise.all([...this.loops.values()].map((loop) => loop.stop()));
    await Promise.all(this.ending);
    this.loops.clear();
    while (this.desk.size > 0 && performance.now() < deadline)
      await this.desk.nextLanding(deadline - performance.now());
    await this.finish(Math.max(1_000, deadline - performance.now()));
    await Promise.all(this.jobs.map((job) => job.stop()));
  }

  /** Settles what was answered after {@link stop}: the last word of links that were closed. */
  async finish(ms: number): Promise<void> {
    await this.settler.drain(ms);
    const left = this.desk.size + this.settler.size;
    await this.desk
      .endLines()
      .catch((error: unknown) => this.logger.debug({ err: error, msg: 'lines end by themselves' }));
    if (left > 0)
      this.logger.warn({ messages: left, msg: 'not answered in time; they become unknown when their leases end' });
  }

  /** Messages that are being written or settled by this process. */
  get inFlight(): number {
    return this.desk.size + this.settler.size;
  }

  private wake(providerIds: ReadonlySet<string> | 'any'): void {
    for (const loop of this.loops.values()) if (providerIds === 'any' || providerIds.has(loop.providerId)) loop.look();
  }

  private providerChanged(): void {
    this.providers.invalidate();
    this.connections.lookNow();
  }

  /** One loop for each link that may be used now; a bind that came back under a new lease is a new link. */
  private matchLinks(): void {
    if (!this.running) return;
    const active = new Map(this.connections.active().map((connection) => [keyOf(connection), connection]));
    for (const [key, loop] of this.loops) {
      if (active.has(key)) continue;
      this.loops.delete(key);
      const ended = loop.stop().finally(() => this.ending.delete(ended));
      this.ending.add(ended);
    }
    for (const [key, connection] of active) {
      const known = this.loops.get(key);
      if (known) known.wake();
      else this.open(key, connection);
    }
  }

  private open(key: string, connection: ActiveConnection): void {
    const { database, providers, rateGates, lines, claimBatch, desk, settings } = this;
    const unsettled = () => this.settler.size;
    const loop = new LinkLoop(key, connection, {
      database,
      accounts: this.accounts,
      senderRates: this.senderRates,
      providers,
      rateGates,
      lines,
      claimBatch,
      desk,
      settings,
      unsettled,
    });
    this.loops.set(key, loop);
    loop.start();
  }

  private settled({ flight, outcome }: Landed): void {
    this.desk.settled(flight);
    this.loops.get(flight.link)?.settled(flight, outcome);
  }

  private takeDry() {
    const nowMs = performance.now();
    return [...this.loops.values()].flatMap((loop) => loop.takeDry(nowMs));
  }

  private async wakeStreams(): Promise<void> {
    const woken = await this.keeper.wakeStreams();
    if (woken.size > 0) this.wake(woken);
  }

  private answeredLate(
    answers: readonly { clientReference: string; part: Parameters<FlightDesk['report']>[1][number] }[],
  ): void {
    this.unknown
      .answered(answers.map(({ clientReference, part }) => ({ attemptId: clientReference, part })))
      .catch((error: unknown) => this.logger.warn({ err: error, msg: 'late answers could not be applied' }));
  }
}

function keyOf({ providerId, bindNo, fence }: ActiveConnection): string {
  return `${providerId}/${bindNo}/${fence}`;
}

import { Logger } from '@nestjs/common';
import type { Database } from '../../../database/database.js';
import {
  type ActiveConnection,
  LANES,
  type Lane,
  type ProvidersService,
  type RateGates,
  runInSlots,
  type Submission,
} from '../../providers/index.js';
import { StreamTurns, type OpenStream, type StreamShare } from '../domain/stream-turns.js';
import { PICK_STREAMS } from '../persistence/sql/pick-streams.js';
import type { ClaimBatch, ClaimedBatch } from './claim-batch.js';
import type { DispatchSettings } from './dispatch-settings.js';
import { type Flight, joinParcels, type Parcel, toParcels } from './flight.js';
import type { FlightDesk } from './flight-desk.js';
import { LinkPause } from './link-pause.js';
import { Signal } from './signal.js';

export interface LinkTools {
  database: Database;
  providers: ProvidersService;
  rateGates: RateGates;
  claimBatch: ClaimBatch;
  desk: FlightDesk;
  settings: DispatchSettings;
  /** Outcomes of all links that wait to be settled. */
  unsettled: () => number;
}

/** Slots are asked for so much later than now as beginning a batch took lately, and a little more. */
const LEAD_MARGIN_MS = 8;
const MAX_LEAD_MS = 200;
/** Further ahead than a lane may book nothing needs to be claimed. */
const BOOKED_AHEAD_S = 0.3;
/** Parts of a message, assumed until there is an average. */
const INITIAL_PARTS = 1;

/**
 * Sends over one link: as long as there is room in its window, takes turns among the open streams, begins batches, and hands
 * each part to the provider at its slot. Slow steps (claim, provider) overlap; the slots keep the pace.
 */
export class LinkLoop {
  private readonly logger = new Logger('dispatch');
  private readonly turns = new StreamTurns();
  private readonly signal = new Signal();
  private readonly stopping = new AbortController();
  private readonly pause = new LinkPause();
  /** Parcels that are committed but have no slot (any more): of messages larger than a booking, or whose slot was missed. */
  private readonly unslotted = new Map<Lane, Parcel[]>(LANES.map((lane) => [lane, []]));
  /** Units that are committed and not yet handed to the provider. */
  private waiting = 0;
  /** Per lane, when it is worth asking for slots again; monotonic. */
  private readonly askAgainAt = new Map<Lane, number>();
  private averageUnits = INITIAL_PARTS;
  private leadMs = 10;
  private running: Promise<void> | undefined;

  constructor(
    private readonly key: string,
    private readonly connection: ActiveConnection,
    private readonly tools: LinkTools,
  ) {}

  get providerId(): string {
    return this.connection.providerId;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Something was queued, or there is room again. */
  wake(): void {
    this.signal.raise();
  }

  /** A message of this link was settled. */
  settled(flight: Flight, outcome: { kind: string; retryAfterMs?: number | null }): void {
    if (outcome.kind === 'not_sent') {
      this.pause.failed(performance.now(), outcome.retryAfterMs ?? 0);
      this.turns.returned({ ...flight.message, lane: flight.message.laneNo });
    } else this.pause.succeeded();
    this.wake();
  }

  /** Streams with nothing due, to be put away. */
  takeDry(nowMs: number): (OpenStream & { providerId: string })[] {
    return this.turns
      .takeDry(this.tools.settings.dryMs, nowMs)
      .map((stream) => ({ ...stream, providerId: this.providerId }));
  }

  /** Begins nothing more and gives back what was not handed to the provider. Answers are still awaited, by the desk. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const busy = await this.turn();
        failures = 0;
        if (!busy) await this.signal.wait(this.idleMs(), signal);
      } catch (error) {
        this.logger.error({ providerId: this.providerId, err: error, msg: 'a turn failed' });
        await this.signal.wait(Math.min(5_000, 100 * 2 ** failures++), signal);
      }
    }
    this.giveBack();
  }

  /** One look at everything, the most urgent lane first; false when there is nothing to do but wait. */
  private async turn(): Promise<boolean> {
    this.signal.lower();
    const streams = this.mayBegin() ? await this.pickStreams() : [];
    let busy = false;
    for (const [number, lane] of LANES.entries()) {
      const own = streams.filter((stream) => stream.lane === number);
      const leftovers = this.unslotted.get(lane)!;
      if (leftovers.length > 0) busy = (await this.slotLeftovers(lane, leftovers)) || busy;
      else if (own.length > 0) busy = (await this.serve(lane, own)) || busy;
    }
    return busy;
  }

  private mayBegin(): boolean {
    const { unsettled, settings } = this.tools;
    return this.room('otp') > 0 && unsettled() < settings.maxUnsettled && this.pause.remaining(performance.now()) === 0;
  }

  /** Books slots for what is committed and has none. True when it got some. */
  private async slotLeftovers(lane: Lane, leftovers: Parcel[]): Promise<boolean> {
    if (!this.mayAsk(lane)) return false;
    const slots = await this.takeSlots(lane, leftovers.length);
    const parcels = leftovers.splice(0, slots.length);
    if (parcels.length > 0) this.pace(lane, parcels, slots);
    return parcels.length > 0;
  }

  /** One batch of a lane; true when it found something to send or to put aside. */
  private async serve(lane: Lane, streams: readonly OpenStream[]): Promise<boolean> {
    const room = this.room(lane);
    const provider = await this.tools.providers.get(this.providerId);
    if (room <= 0 || provider.status !== 'active' || !this.mayAsk(lane)) return false;
    const nowMs = performance.now();
    const shares = this.turns.share(streams, this.wanted(room), nowMs);
    const batch = await this.tools.claimBatch.execute({
      provider,
      capabilities: this.connection.provider.capabilities,
      lane,
      shares,
      room,
      windowIsEmpty: this.waiting === 0 && this.connection.provider.state().inFlight === 0,
      worker: this.tools.desk.worker,
      link: this.key,
      takeSlots: (count) => this.takeSlots(lane, count),
    });
    this.launch(lane, batch);
    this.remember(shares, batch, nowMs);
    return batch.begun.length > 0 || batch.putAside > 0;
  }

  private mayAsk(lane: Lane): boolean {
    return !this.stopping.signal.aborted && (this.askAgainAt.get(lane) ?? 0) <= performance.now();
  }

  /** Messages to lock: what the window and the rate can take, no more, because locking is not free. */
  private wanted(room: number): number {
    const rate = Math.min(...this.connection.gates.map(({ perSecond }) => perSecond));
    const units = Math.min(room, Math.ceil(rate * BOOKED_AHEAD_S) + 1);
    return Math.max(1, Math.min(this.tools.settings.maxBatch, Math.ceil(units / this.averageUnits)));
  }

  private remember(shares: readonly StreamShare[], { begun, found }: ClaimedBatch, nowMs: number): void {
    shares.forEach((share, index) => {
      const { count, handled } = found[index]!;
      this.turns.observe(share, count, handled, nowMs);
    });
    const last = begun.at(-1)?.flight.message;
    if (last) this.turns.served({ ...last, lane: last.laneNo });
  }

  private launch(lane: Lane, { begun, slots }: ClaimedBatch): void {
    if (begun.length === 0) return;
    for (const { flight } of begun) this.tools.desk.board(flight);
    const submissions = begun.map(({ submission }) => submission);
    const parcels = toParcels(submissions, this.connection.provider.capabilities);
    this.averageUnits += 0.2 * (this.unitsIn(parcels) / begun.length - this.averageUnits);
    this.waiting += this.unitsIn(parcels);
    this.pace(lane, parcels, slots);
  }

  private async takeSlots(lane: Lane, count: number): Promise<Date[]> {
    const sent = performance.now();
    const { slots, askAgainAt } = await this.tools.rateGates.take(this.connection.gates, count, monotonicNow(), {
      lane,
      leadMs: this.leadMs,
    });
    if (slots.length < count) this.askAgainAt.set(lane, sent + Math.max(1, askAgainAt.getTime() - monotonicMs(sent)));
    return slots;
  }

  /** Writes parcels at their slots. Those that have none, or miss it because this process was busy, get another one. */
  private pace(lane: Lane, parcels: Parcel[], slots: readonly Date[]): void {
    const first = slots[0];
    if (first) this.learnLead(first);
    const leftovers = this.unslotted.get(lane)!;
    leftovers.push(...parcels.splice(slots.length));
    void runInSlots(
      slots.slice(0, parcels.length),
      monotonicNow,
      {
        write: (indexes) => this.write(indexes.map((index) => parcels[index]!)),
        miss: (indexes) => {
          leftovers.push(...indexes.map((index) => parcels[index]!));
          this.wake();
        },
      },
      this.stopping.signal,
    ).then(() => this.wake());
  }

  /** When the first slot is past already, beginning took longer than was thought. */
  private learnLead(slot: Date): void {
    const late = monotonicNow().getTime() - slot.getTime();
    const needed = Math.max(0, this.leadMs + late) + LEAD_MARGIN_MS;
    this.leadMs = Math.min(MAX_LEAD_MS, needed > this.leadMs ? needed : this.leadMs * 0.97 + needed * 0.03);
  }

  private write(parcels: readonly Parcel[]): void {
    this.waiting -= this.unitsIn(parcels);
    const submissions = joinParcels(parcels).filter((submission) => this.mayLeave(submission));
    if (submissions.length === 0) return;
    void this.connection.provider.submit(submissions, ({ clientReference, parts }) =>
      this.tools.desk.report(clientReference, parts),
    );
  }

  private mayLeave({ clientReference, parts }: Submission): boolean {
    const hindrance = this.tools.desk.hindrance(clientReference);
    if (hindrance === null) return true;
    this.tools.desk.reportStopped(
      clientReference,
      parts.map(({ partNo }) => partNo),
      hindrance,
    );
    return false;
  }

  private giveBack(): void {
    const parcels = [...this.unslotted.values()].flatMap((leftovers) => leftovers.splice(0));
    this.waiting = 0;
    for (const { clientReference, parts } of joinParcels(parcels))
      this.tools.desk.reportStopped(
        clientReference,
        parts.map(({ partNo }) => partNo),
        'stopping',
      );
  }

  private pickStreams(): Promise<OpenStream[]> {
    const positions = this.turns.positions();
    return this.tools.database.query<OpenStream>(PICK_STREAMS, [
      this.providerId,
      positions.map(({ lane }) => lane),
      positions.map(({ accountId }) => accountId),
      positions.map(({ groupId }) => groupId),
      this.tools.settings.maxStreams,
    ]);
  }

  /** Units that may be begun now. A tenth of the window is kept for one-time codes. */
  private room(lane: Lane): number {
    const { provider } = this.connection;
    const kept = lane === 'otp' ? 0 : Math.floor(provider.state().window / 10);
    return this.connection.freeSlots() - this.waiting - kept;
  }

  private unitsIn(parcels: readonly Parcel[]): number {
    const { requestUnit } = this.connection.provider.capabilities;
    return requestUnit === 'batch' ? parcels.reduce((sum, parcel) => sum + parcel.length, 0) : parcels.length;
  }

  private idleMs(): number {
    const nowMs = performance.now();
    const waits = [...this.askAgainAt.values()].filter((at) => at > nowMs).map((at) => at - nowMs);
    const paused = this.pause.remaining(nowMs);
    if (paused > 0) waits.push(paused);
    return Math.max(1, Math.min(this.tools.settings.pollMs, ...waits));
  }
}

/** Slots are instants of a clock that nobody sets, shown as dates. */
const monotonicMs = (ms: number): number => performance.timeOrigin + ms;
const monotonicNow = (): Date => new Date(monotonicMs(performance.now()));

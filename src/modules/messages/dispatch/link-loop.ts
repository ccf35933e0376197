import { Logger } from '@nestjs/common';
import { type Database, together } from '../../../database/database.js';
import type { AccountsService } from '../../accounts/index.js';
import {
  type ActiveConnection,
  LANES,
  type Lane,
  LineClosed,
  type ProviderSnapshot,
  type ProvidersService,
  type RateGate,
  type RateGates,
  runInSlots,
  type SendingLines,
} from '../../providers/index.js';
import { StreamTurns, type OpenStream, type StreamShare } from '../domain/stream-turns.js';
import { PICK_STREAMS } from '../persistence/sql/pick-streams.js';
import type { ClaimBatch, ClaimedBatch } from './claim-batch.js';
import type { DispatchSettings } from './dispatch-settings.js';
import { beginSubmitting, type Claimed, type Flight, joinParcels, type Parcel, unitsOf } from './flight.js';
import type { FlightDesk } from './flight-desk.js';
import { LaneShelf, toNumberedParcels } from './lane-shelf.js';
import { LinkPause } from './link-pause.js';
import { Signal } from './signal.js';

export interface LinkTools {
  database: Database;
  accounts: AccountsService;
  providers: ProvidersService;
  rateGates: RateGates;
  lines: SendingLines;
  claimBatch: ClaimBatch;
  desk: FlightDesk;
  settings: DispatchSettings;
  /** Outcomes of all links that wait to be settled. */
  unsettled: () => number;
}

/** A slot may be used up to 20 ms after its instant: booking aims at the middle of that, so that nobody waits for it. */
const AIM_LATE_MS = 10;
const MAX_LEAD_MS = 200;
/** So much of what leaves in a second is claimed ahead: the database works while the provider does. */
const AHEAD_S = 0.5;
/** Further ahead than a lane may book nothing needs to be claimed. */
const BOOKED_AHEAD_S = 0.3;
/** Slots for a quarter of the window, or whatever is free after this long, are booked together: a booking is a commit. */
const GATHER_ROOM_MS = 5;
const MAX_RETRY_MS = 5_000;
/** A shelf of one account that was looked for so long ago is put away. */
const UNUSED_MS = 10_000;
/** States of a link in which what is claimed for it leaves soon. */
const SENDING: ReadonlySet<string> = new Set(['ready', 'throttled']);

/**
 * Sends over one link. Two things go on beside each other: due messages are claimed a little ahead, taking turns among the open
 * streams, and as the window opens what was claimed gets rate slots, is marked as written, and is handed to the provider at
 * its slot. So neither the database nor the provider waits for the other; the slots keep the pace.
 */
export class LinkLoop {
  private readonly logger = new Logger('dispatch');
  private readonly turns = new StreamTurns();
  private readonly signal = new Signal();
  private readonly stopping = new AbortController();
  private readonly pause = new LinkPause();
  /** Lane by lane, in each the common one first. */
  private shelves = LANES.map((lane, number) => new LaneShelf(lane, number));
  /** Units that are begun and not yet handed to the provider. */
  private waiting = 0;
  private averageUnits = 1;
  /** Units that left in the last second or so. */
  private readonly flow = new Flow();
  /** Monotonic: since when the window has room that is not used. */
  private roomSince: number | null = null;
  private leadMs = 0;
  private fetching: Promise<void> | undefined;
  private fetchFailures = 0;
  private fetchAgainAt = 0;
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

  /** There may be room again. */
  wake(): void {
    this.signal.raise();
  }

  /** Something was queued, or came back. */
  look(): void {
    for (const shelf of this.shelves) shelf.lookAt = 0;
    this.wake();
  }

  /** A message of this link was settled. */
  settled(flight: Flight, outcome: { kind: string; retryAfterMs?: number | null }): void {
    this.pause.returned(flight.attemptId);
    if (outcome.kind !== 'not_sent') return this.pause.succeeded();
    this.turns.returned({ ...flight.message, lane: flight.message.laneNo });
    this.look();
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
        await this.signal.wait(retryMs(failures++), signal);
      }
    }
    await this.fetching;
    await this.leave();
  }

  /** One look at everything, the most urgent lane first; false when there is nothing to do but wait. */
  private async turn(): Promise<boolean> {
    this.signal.lower();
    const provider = await this.tools.providers.get(this.providerId);
    let busy = false;
    for (const shelf of this.shelves) {
      await this.tidy(shelf, provider);
      if (shelf.unslotted.length > 0) busy = (await this.slotLeftovers(shelf)) || busy;
      else if (shelf.claimed.length > 0) busy = (await this.begin(shelf, provider)) || busy;
    }
    this.fetch(provider);
    return busy;
  }

  /**
   * What this link cannot use now others may have: the provider is not used any more, the link is down, its turn did not come in time,
   * or something in front of it came back.
   */
  private async tidy(shelf: LaneShelf, provider: ProviderSnapshot): Promise<void> {
    const nowMs = performance.now();
    shelf.forgetLost(nowMs);
    shelf.changeLine(nowMs, this.tools.settings.lineMs);
    const mayStay = provider.status === 'active' && this.isUp() && !shelf.isOvertaking;
    const back = mayStay ? shelf.stale(nowMs) : shelf.claimed;
    shelf.isOvertaking = false;
    if (back.length === 0) return;
    await this.tools.claimBatch.giveBack(back);
    for (const { message } of back) this.turns.returned({ ...message, lane: message.laneNo });
    shelf.drop(new Set(back));
  }

  /** Books slots for what is begun and has none. True when it got some. */
  private async slotLeftovers(shelf: LaneShelf): Promise<boolean> {
    if (!this.mayAsk(shelf)) return false;
    const slots = await this.book(shelf, shelf.unslotted.length);
    const parcels = shelf.unslotted.splice(0, slots.length);
    if (parcels.length > 0) this.pace(shelf, parcels, slots);
    return parcels.length > 0;
  }

  /** Slots and mark for as much of the shelf as the window has room for, then off it goes. True when something left. */
  private async begin(shelf: LaneShelf, provider: ProviderSnapshot): Promise<boolean> {
    const { capabilities } = this.connection.provider;
    const room = this.room(shelf.lane);
    if (room <= 0 || !this.mayAsk(shelf) || this.isPaused() || !this.isWorthBooking(shelf, room)) return false;
    const isEmpty = this.waiting === 0 && this.connection.provider.state().inFlight === 0;
    const head = shelf.fitting(Math.min(room, this.largestBooking(shelf)), capabilities, isEmpty);
    const ready = await this.tools.claimBatch.review(head, provider);
    if (ready.length < head.length) {
      const kept = new Set(ready);
      shelf.drop(new Set(head.filter((one) => !kept.has(one))));
    }
    if (ready.length === 0) return head.length > 0;
    const parcels = toNumberedParcels(ready, capabilities);
    const slots = await this.markAndTakeSlots(
      shelf,
      ready[0]!.line,
      parcels.map(({ no }) => no),
    );
    if (slots.length === 0) return false;
    this.roomSince = null;
    // A message of more parts than there are slots begins; its other parts get slots as these come.
    const mark = parcels[Math.min(slots.length, parcels.length) - 1]!.no;
    this.launch(
      shelf,
      ready.filter(({ no }) => no <= mark),
      parcels.filter(({ no }) => no <= mark).map(({ parcel }) => parcel),
      slots,
    );
    return true;
  }

  private launch(shelf: LaneShelf, begun: readonly Claimed[], parcels: Parcel[], slots: readonly Date[]): void {
    shelf.drop(new Set(begun));
    for (const { message, line, submission, startedAt } of begun) {
      beginSubmitting(message);
      this.tools.desk.board({
        message,
        attemptId: submission.clientReference,
        link: this.key,
        line,
        startedAt,
        partCount: submission.parts.length,
        outcomes: [],
      });
    }
    const units = this.unitsIn(parcels);
    this.averageUnits += 0.2 * (units / begun.length - this.averageUnits);
    this.waiting += units;
    this.flow.add(units);
    this.pace(shelf, parcels, slots);
  }

  /** Half a window, or the first message: while the provider has the one half, the other is booked. */
  private largestBooking({ claimed }: LaneShelf): number {
    const { provider } = this.connection;
    return Math.max(Math.ceil(provider.state().window / 2), unitsOf(claimed[0]!.message, provider.capabilities));
  }

  /** A few free places are not worth a commit while more are about to come, unless somebody waits for a code. */
  private isWorthBooking(shelf: LaneShelf, room: number): boolean {
    const { provider } = this.connection;
    const enough = Math.min(shelf.unitsReady(provider.capabilities), Math.floor(provider.state().window / 4));
    if (shelf.lane === 'otp' || room >= enough) return true;
    const nowMs = performance.now();
    this.roomSince ??= nowMs;
    return nowMs - this.roomSince >= GATHER_ROOM_MS;
  }

  /** Claims more for the lanes whose shelves run low; one at a time, nobody waits for it. */
  private fetch(provider: ProviderSnapshot): void {
    const nowMs = performance.now();
    if (this.fetching || nowMs < this.fetchAgainAt || provider.status !== 'active' || !this.mayClaim()) return;
    this.dropUnused(nowMs);
    const hungry = this.shelves.filter((shelf) => this.wanted(shelf) > 0 && shelf.lookAt <= nowMs);
    if (hungry.length === 0) return;
    for (const shelf of hungry) shelf.lookAt = nowMs + this.tools.settings.pollMs;
    this.fetching = this.fetchFor(hungry, provider).finally(() => {
      this.fetching = undefined;
      this.wake();
    });
  }

  private async fetchFor(hungry: readonly LaneShelf[], provider: ProviderSnapshot): Promise<void> {
    try {
      const streams = await this.pickStreams(hungry);
      const claims = [...(await this.byShelf(streams))].filter(([shelf]) => hungry.includes(shelf) || shelf.isEmpty);
      await together(...claims.map(([shelf, own]) => this.claim(shelf, own, provider)));
      this.fetchFailures = 0;
    } catch (error) {
      this.fetchAgainAt = performance.now() + retryMs(this.fetchFailures++);
      for (const shelf of hungry) shelf.lookAt = 0;
      this.logger.error({ providerId: this.providerId, err: error, msg: 'claiming failed' });
    }
  }

  /** Which shelf each stream is claimed for: that of its account, if that has a rate of its own. */
  private async byShelf(streams: readonly OpenStream[]): Promise<Map<LaneShelf, OpenStream[]>> {
    const accounts = await this.tools.accounts.getMany([...new Set(streams.map(({ accountId }) => accountId))]);
    const found = new Map<LaneShelf, OpenStream[]>();
    for (const stream of streams) {
      const perSecond = accounts.get(stream.accountId)?.ratePerSecond ?? null;
      const shelf = this.shelfFor(stream, perSecond);
      const own = found.get(shelf);
      if (own) own.push(stream);
      else found.set(shelf, [stream]);
    }
    return found;
  }

  private shelfFor({ lane, accountId }: OpenStream, perSecond: number | null): LaneShelf {
    const owner = perSecond === null ? null : accountId;
    let shelf = this.shelves.find((one) => one.number === lane && one.accountId === owner);
    if (!shelf) {
      shelf = new LaneShelf(LANES[lane]!, lane, owner);
      this.shelves = [...this.shelves, shelf].toSorted((one, other) => one.number - other.number);
    }
    shelf.gate = perSecond === null ? null : { gate: `account:${accountId}`, perSecond };
    return shelf;
  }

  /** Shelves of accounts that have had nothing for a while. */
  private dropUnused(nowMs: number): void {
    const unused = this.shelves.filter(
      (shelf) => shelf.accountId !== null && shelf.isEmpty && !this.fetching && nowMs - shelf.lookAt > UNUSED_MS,
    );
    if (unused.length === 0) return;
    for (const shelf of unused) shelf.retireLines();
    this.shelves = this.shelves.filter((shelf) => !unused.includes(shelf));
  }

  /** The gates that a request off this shelf must pass, the one that paces first. */
  private gatesOf({ gate }: LaneShelf): readonly RateGate[] {
    return gate ? [...this.connection.gates, gate] : this.connection.gates;
  }

  private async claim(shelf: LaneShelf, streams: readonly OpenStream[], provider: ProviderSnapshot): Promise<void> {
    const nowMs = performance.now();
    const shares = this.turns.share(streams, Math.max(1, this.wanted(shelf)), nowMs);
    shelf.line ??= await this.tools.lines.open(this.providerId, this.tools.desk.worker, this.tools.settings.leaseMs);
    const { line, comebacks } = shelf;
    let batch: ClaimedBatch;
    try {
      batch = await this.tools.claimBatch.execute({ provider, shares, line });
    } catch (error) {
      // What was claimed, if anything, has numbers above all that is marked: it goes back when the line is closed.
      line.retired = true;
      shelf.line = undefined;
      throw error;
    }
    shelf.add(batch.claimed);
    shelf.isOvertaking ||= shelf.comebacks > comebacks;
    this.remember(shelf, shares, batch, nowMs);
  }

  private remember(shelf: LaneShelf, shares: readonly StreamShare[], batch: ClaimedBatch, nowMs: number): void {
    let more = batch.putAside > 0;
    shares.forEach((share, index) => {
      const { count, handled } = batch.found[index]!;
      this.turns.observe(share, count, handled, nowMs);
      // Short above a floor says nothing: the next look is from the beginning.
      more ||= count >= share.take || share.floor !== null;
    });
    const last = batch.claimed.at(-1)?.message;
    if (last) this.turns.served({ ...last, lane: last.laneNo });
    if (more) shelf.lookAt = 0;
  }

  private mayAsk(shelf: LaneShelf): boolean {
    return !this.stopping.signal.aborted && shelf.askAgainAt <= performance.now();
  }

  private isPaused(): boolean {
    return this.pause.isOn(performance.now());
  }

  /** It sends, or would as soon as what it has is answered; what is claimed leaves soon. */
  private isUp(): boolean {
    const { status, inFlight } = this.connection.provider.state();
    return SENDING.has(status) && (this.connection.freeSlots() > 0 || inFlight + this.waiting > 0);
  }

  private mayClaim(): boolean {
    const { unsettled, settings } = this.tools;
    return !this.stopping.signal.aborted && this.isUp() && !this.isPaused() && unsettled() < settings.maxUnsettled;
  }

  /** Messages to claim for a shelf: what the window takes now, and what leaves in the time that claiming takes. */
  private wanted(shelf: LaneShelf): number {
    const { settings } = this.tools;
    const rate = Math.min(...this.gatesOf(shelf).map(({ perSecond }) => perSecond));
    const ahead = Math.max(this.room(shelf.lane), Math.floor(this.flow.perSecond() * AHEAD_S));
    const units = Math.min(ahead, Math.ceil(rate * BOOKED_AHEAD_S) + 1);
    const target = Math.min(settings.maxBatch, Math.ceil(units / this.averageUnits));
    // A shelf that is half full can wait for a larger claim.
    return shelf.claimed.length <= target / 2 ? target - shelf.claimed.length : 0;
  }

  private async markAndTakeSlots(shelf: LaneShelf, line: Claimed['line'], numbers: readonly number[]): Promise<Date[]> {
    try {
      return await this.book(shelf, numbers.length, { line, numbers });
    } catch (error) {
      if (!(error instanceof LineClosed)) throw error;
      this.tools.lines.lose(line);
      this.logger.warn({
        providerId: this.providerId,
        msg: 'a line was closed by another worker: its lease had run out',
      });
      return [];
    }
  }

  private async book(
    shelf: LaneShelf,
    count: number,
    mark?: { line: Claimed['line']; numbers: readonly number[] },
  ): Promise<Date[]> {
    const sent = performance.now();
    const { slots, askAgainAt } = await this.tools.rateGates.take(this.gatesOf(shelf), count, monotonicNow(), {
      lane: shelf.lane,
      leadMs: this.leadMs,
      mark,
    });
    if (slots.length < count) shelf.askAgainAt = sent + Math.max(1, askAgainAt.getTime() - monotonicMs(sent));
    return slots;
  }

  /** Writes parcels at their slots. Those that have none, or miss it because this process was busy, get another one. */
  private pace(shelf: LaneShelf, parcels: Parcel[], slots: readonly Date[]): void {
    const first = slots[0];
    if (first) this.learnLead(first);
    shelf.unslotted.push(...parcels.splice(slots.length));
    void runInSlots(
      slots.slice(0, parcels.length),
      monotonicNow,
      {
        write: (indexes) =>
          this.write(
            shelf,
            indexes.map((index) => parcels[index]!),
          ),
        miss: (indexes) => {
          shelf.unslotted.push(...indexes.map((index) => parcels[index]!));
          this.wake();
        },
      },
      this.stopping.signal,
    ).then(() => this.wake());
  }

  /** Slots are asked for so much later than now as booking takes, less what they may be late. */
  private learnLead(slot: Date): void {
    const late = monotonicNow().getTime() - slot.getTime();
    const needed = Math.max(0, this.leadMs + late - AIM_LATE_MS);
    this.leadMs = Math.min(MAX_LEAD_MS, needed > this.leadMs ? needed : this.leadMs * 0.7 + needed * 0.3);
  }

  private write(shelf: LaneShelf, parcels: readonly Parcel[]): void {
    this.waiting -= this.unitsIn(parcels);
    const submissions = joinParcels(parcels).filter((submission) => this.mayLeave(submission));
    if (submissions.length === 0) return;
    void this.connection.provider.submit(submissions, ({ clientReference, parts }) => {
      const unsent = parts.find((part) => part.kind === 'not_sent' && part.reason !== 'expired');
      if (unsent?.kind === 'not_sent') this.holdBack(shelf, clientReference, unsent.retryAfterMs ?? 0);
      this.tools.desk.report(clientReference, parts);
    });
  }

  /** At once, not when it is settled: what stands behind a message that comes back must not overtake it meanwhile. */
  private holdBack(shelf: LaneShelf, attemptId: string, retryAfterMs: number): void {
    shelf.isOvertaking = true;
    shelf.comebacks++;
    this.pause.failed(attemptId, performance.now(), retryAfterMs);
    this.wake();
  }

  private mayLeave({ clientReference, parts }: Parcel[number]): boolean {
    const hindrance = this.tools.desk.hindrance(clientReference);
    if (hindrance === null) return true;
    this.tools.desk.reportStopped(
      clientReference,
      parts.map(({ partNo }) => partNo),
      hindrance,
    );
    return false;
  }

  /** Gives back what was not handed to the provider; the lines end when nothing flies on them any more. */
  private async leave(): Promise<void> {
    const parcels = this.shelves.flatMap(({ unslotted }) => unslotted.splice(0));
    this.waiting = 0;
    for (const { clientReference, parts } of joinParcels(parcels))
      this.tools.desk.reportStopped(
        clientReference,
        parts.map(({ partNo }) => partNo),
        'stopping',
      );
    for (const shelf of this.shelves) shelf.retireLines();
    const claimed = this.shelves.flatMap((shelf) => shelf.takeAll());
    // When this fails they go back with the end of their line.
    await this.tools.claimBatch.giveBack(claimed).catch((error: unknown) => {
      this.logger.warn({ messages: claimed.length, err: error, msg: 'claimed messages go back with their line' });
    });
  }

  private pickStreams(shelves: readonly LaneShelf[]): Promise<OpenStream[]> {
    const wanted = new Set(shelves.map(({ number }) => number));
    const positions = this.turns.positions().filter(({ lane }) => wanted.has(lane));
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
    const times = [
      ...this.shelves.flatMap(({ askAgainAt, claimed, unslotted }) =>
        claimed.length + unslotted.length > 0 ? [askAgainAt] : [],
      ),
      ...this.shelves.map(({ lookAt }) => lookAt),
      nowMs + this.pause.remaining(nowMs),
      this.fetchAgainAt,
      this.roomSince === null ? 0 : this.roomSince + GATHER_ROOM_MS,
    ];
    const waits = times.filter((at) => at > nowMs).map((at) => at - nowMs);
    return Math.max(1, Math.min(this.tools.settings.pollMs, ...waits));
  }
}

/** How much left in the last second or so: older ones count less and less. */
class Flow {
  private sum = 0;
  private at = performance.now();

  add(units: number): void {
    this.sum = this.perSecond() + units;
    this.at = performance.now();
  }

  perSecond(): number {
    return this.sum * Math.exp((this.at - performance.now()) / 1_000);
  }
}

function retryMs(failures: number): number {
  return Math.min(MAX_RETRY_MS, 100 * 2 ** failures);
}

/** Slots are instants of a clock that nobody sets, shown as dates. */
const monotonicMs = (ms: number): number => performance.timeOrigin + ms;
const monotonicNow = (): Date => new Date(monotonicMs(performance.now()));

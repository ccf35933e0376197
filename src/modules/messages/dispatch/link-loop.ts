import { setMaxListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import type { Database } from '../../../database/database.js';
import type { AccountsService } from '../../accounts/index.js';
import {
  type ActiveConnection,
  LineClosed,
  type ProviderSnapshot,
  type ProvidersService,
  type RateGates,
  runInSlots,
  type SendingLines,
} from '../../providers/index.js';
import type { SenderRatesRepository } from '../../senders/index.js';
import type { OpenStream } from '../domain/stream-turns.js';
import { ClaimAhead } from './claim-ahead.js';
import type { ClaimBatch } from './claim-batch.js';
import type { DispatchSettings } from './dispatch-settings.js';
import { beginSubmitting, type Claimed, type Flight, joinParcels, type Parcel, unitsOf } from './flight.js';
import type { FlightDesk } from './flight-desk.js';
import { type LaneShelf, toNumberedParcels } from './lane-shelf.js';
import { LinkPause, retryMs } from './link-pause.js';
import { LinkRoom } from './link-room.js';
import { Signal } from './signal.js';

export interface LinkTools {
  database: Database;
  accounts: AccountsService;
  senderRates: SenderRatesRepository;
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
/** Slots for a quarter of the window, or whatever is free after this long, are booked together: a booking is a commit. */
const GATHER_ROOM_MS = 5;
/** States of a link in which what is claimed for it leaves soon. */
const SENDING: ReadonlySet<string> = new Set(['ready', 'throttled']);

/**
 * Sends over one link. Two things go on beside each other: due messages are claimed a little ahead ({@link ClaimAhead}), and as the
 * window opens what was claimed gets rate slots, is marked as written, and is handed to the provider at its slot. So neither the
 * database nor the provider waits for the other; the slots keep the pace.
 */
export class LinkLoop {
  private readonly logger = new Logger('dispatch');
  private readonly signal = new Signal();
  private readonly stopping = new AbortController();
  private readonly pause = new LinkPause();
  private readonly room: LinkRoom;
  private readonly ahead: ClaimAhead;
  /** Monotonic: since when the window has room that is not used. */
  private roomSince: number | null = null;
  private leadMs = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly key: string,
    private readonly connection: ActiveConnection,
    private readonly tools: LinkTools,
  ) {
    this.room = new LinkRoom(connection);
    this.ahead = new ClaimAhead(connection, tools, this.room, () => this.wake());
    // Every booking listens while it waits for its slots, and a fast link has many: that is no leak.
    setMaxListeners(0, this.stopping.signal);
  }

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
    this.ahead.look();
    this.wake();
  }

  /** A message of this link was settled. */
  settled(flight: Flight, outcome: { kind: string; retryAfterMs?: number | null }): void {
    this.pause.returned(flight.attemptId);
    if (outcome.kind !== 'not_sent') return this.pause.succeeded();
    this.ahead.returned(flight.message);
    this.look();
  }

  /** Streams with nothing due, to be put away. */
  takeDry(nowMs: number): (OpenStream & { providerId: string })[] {
    return this.ahead.takeDry(nowMs).map((stream) => ({ ...stream, providerId: this.providerId }));
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
    await this.ahead.settled();
    await this.leave();
  }

  /** One look at everything, the most urgent lane first; false when there is nothing to do but wait. */
  private async turn(): Promise<boolean> {
    this.signal.lower();
    const provider = await this.tools.providers.get(this.providerId);
    let busy = false;
    for (const shelf of this.ahead.shelves) {
      await this.tidy(shelf, provider);
      if (shelf.unslotted.length > 0) busy = (await this.slotLeftovers(shelf)) || busy;
      else if (shelf.claimed.length > 0) busy = (await this.begin(shelf, provider)) || busy;
    }
    if (provider.status === 'active' && this.mayClaim()) this.ahead.fetch(provider);
    return busy;
  }

  /**
   * What this link cannot use now others may have: the provider is not used any more, the link is down, its turn did not come in time,
   * or something in front of it came back.
   */
  private async tidy(shelf: LaneShelf, provider: ProviderSnapshot): Promise<void> {
    const nowMs = performance.now();
    shelf.forgetLost(nowMs);
    const mayStay = provider.status === 'active' && this.isUp() && !shelf.isOvertaking;
    const back = mayStay ? shelf.stale(nowMs) : shelf.claimed;
    shelf.isOvertaking = false;
    if (back.length > 0) await this.ahead.giveBack(shelf, back);
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
    const room = this.room.for(shelf.lane);
    if (room <= 0 || !this.mayAsk(shelf) || this.isPaused() || !this.isWorthBooking(shelf, room)) return false;
    const head = shelf.fitting(Math.min(room, this.largestBooking(shelf)), capabilities, this.room.isUnused);
    const ready = await this.tools.claimBatch.review(head, provider, shelf.pacedBy);
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
        begun: false,
      });
    }
    this.room.begun(parcels, begun.length);
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

  private mayAsk(shelf: LaneShelf): boolean {
    return !this.stopping.signal.aborted && shelf.askAgainAt <= performance.now();
  }

  private isPaused(): boolean {
    return this.pause.isOn(performance.now());
  }

  /** It sends, or would as soon as what it has is answered; what is claimed leaves soon. */
  private isUp(): boolean {
    const { status } = this.connection.provider.state();
    return SENDING.has(status) && (this.connection.freeSlots() > 0 || !this.room.isUnused);
  }

  private mayClaim(): boolean {
    const { unsettled, settings } = this.tools;
    return !this.stopping.signal.aborted && this.isUp() && !this.isPaused() && unsettled() < settings.maxUnsettled;
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
    const { slots, askAgainAt } = await this.tools.rateGates.take(this.ahead.gatesOf(shelf), count, monotonicNow(), {
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
    this.room.handedOver(parcels);
    const isClosed = this.tools.claimBatch.closedNow();
    const submissions = joinParcels(parcels).filter((submission) => this.mayLeave(submission, isClosed));
    if (submissions.length === 0) return;
    void this.connection.provider.submit(submissions, ({ clientReference, parts }) => {
      const unsent = parts.find((part) => part.kind === 'not_sent' && part.reason !== 'expired');
      if (unsent?.kind === 'not_sent') this.holdBack(shelf, clientReference, unsent.retryAfterMs ?? 0);
      this.tools.desk.report(clientReference, parts);
      // The link tells of room only when it had none at all, and the part kept for one-time codes is always some.
      this.wake();
    });
  }

  /** At once, not when it is settled: what stands behind a message that comes back must not overtake it meanwhile. */
  private holdBack(shelf: LaneShelf, attemptId: string, retryAfterMs: number): void {
    shelf.isOvertaking = true;
    shelf.comebacks++;
    this.pause.failed(attemptId, performance.now(), retryAfterMs);
    this.wake();
  }

  private mayLeave(
    { clientReference, parts }: Parcel[number],
    isClosed: (message: Claimed['message']) => boolean,
  ): boolean {
    const hindrance = this.tools.desk.hindrance(clientReference, isClosed);
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
    const { shelves } = this.ahead;
    const parcels = shelves.flatMap(({ unslotted }) => unslotted.splice(0));
    this.room.clear();
    for (const { clientReference, parts } of joinParcels(parcels))
      this.tools.desk.reportStopped(
        clientReference,
        parts.map(({ partNo }) => partNo),
        'stopping',
      );
    for (const shelf of shelves) shelf.retireLines();
    const claimed = shelves.flatMap((shelf) => shelf.takeAll());
    // When this fails they go back with the end of their line.
    await this.tools.claimBatch.giveBack(claimed).catch((error: unknown) => {
      this.logger.warn({ messages: claimed.length, err: error, msg: 'claimed messages go back with their line' });
    });
  }

  private idleMs(): number {
    const nowMs = performance.now();
    const times = [
      ...this.ahead.shelves.flatMap(({ askAgainAt, claimed, unslotted }) =>
        claimed.length + unslotted.length > 0 ? [askAgainAt] : [],
      ),
      ...this.ahead.lookTimes,
      nowMs + this.pause.remaining(nowMs),
      this.roomSince === null ? 0 : this.roomSince + GATHER_ROOM_MS,
    ];
    const waits = times.filter((at) => at > nowMs).map((at) => at - nowMs);
    return Math.max(1, Math.min(this.tools.settings.pollMs, ...waits));
  }
}

/** Slots are instants of a clock that nobody sets, shown as dates. */
const monotonicMs = (ms: number): number => performance.timeOrigin + ms;
const monotonicNow = (): Date => new Date(monotonicMs(performance.now()));

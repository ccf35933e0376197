import { Logger } from '@nestjs/common';
import { together } from '../../../database/database.js';
import { type ActiveConnection, LANES, type ProviderSnapshot, type RateGate } from '../../providers/index.js';
import { type OpenStream, type StreamShare, StreamTurns } from '../domain/stream-turns.js';
import { PICK_STREAMS } from '../persistence/sql/pick-streams.js';
import type { ClaimedBatch } from './claim-batch.js';
import type { Claimed } from './flight.js';
import { LaneShelf } from './lane-shelf.js';
import type { LinkTools } from './link-loop.js';
import type { LinkRoom } from './link-room.js';
import { retryMs } from './link-pause.js';
import { type OwnPace, ownPaceOf } from './own-pace.js';

/** So much of what leaves in a second is claimed ahead: the database works while the provider does. */
const AHEAD_S = 0.5;
/** A code is claimed also when there is no room: what is claimed of bulk would have the next free place before it. */
const LEAST_AHEAD = { otp: 1, transactional: 0, bulk: 0 };
/** Further ahead than a lane may book nothing needs to be claimed. */
const BOOKED_AHEAD_S = 0.3;
/** A shelf of one account or sender that was looked for so long ago is put away. */
const UNUSED_MS = 10_000;

/** Claims due messages for one link a little before it can send them, taking turns among the open streams. */
export class ClaimAhead {
  private readonly logger = new Logger('dispatch');
  private readonly turns = new StreamTurns();
  /** Lane by lane, in each the common one first. */
  private lanes = LANES.map((lane, number) => new LaneShelf(lane, number));
  private fetching: Promise<void> | undefined;
  private failures = 0;
  private fetchAgainAt = 0;

  constructor(
    private readonly connection: ActiveConnection,
    private readonly tools: LinkTools,
    private readonly room: LinkRoom,
    private readonly wake: () => void,
  ) {}

  /** What is claimed, the most urgent lane first. */
  get shelves(): readonly LaneShelf[] {
    return this.lanes;
  }

  /** Monotonic: when it is worth looking again, by itself. */
  get lookTimes(): number[] {
    return [this.fetchAgainAt, ...this.lanes.map(({ lookAt }) => lookAt)];
  }

  /** Something was queued, or came back. */
  look(): void {
    for (const shelf of this.lanes) shelf.lookAt = 0;
  }

  /** The gates that a request off this shelf must pass, the one that paces first. */
  gatesOf({ gates }: LaneShelf): readonly RateGate[] {
    return gates.length > 0 ? [...this.connection.gates, ...gates] : this.connection.gates;
  }

  /** Claims more for the lanes whose shelves run low; one at a time, nobody waits for it. */
  fetch(provider: ProviderSnapshot): void {
    const nowMs = performance.now();
    if (this.fetching || nowMs < this.fetchAgainAt) return;
    // Only between claims: what one brings must not land on a line that was given up meanwhile.
    for (const shelf of this.lanes) shelf.changeLine(nowMs, this.tools.settings.lineMs);
    this.dropUnused(nowMs);
    const hungry = this.lanes.filter((shelf) => this.wanted(shelf) > 0 && shelf.lookAt <= nowMs);
    if (hungry.length === 0) return;
    for (const shelf of hungry) shelf.lookAt = nowMs + this.tools.settings.pollMs;
    this.fetching = this.fetchFor(hungry, provider).finally(() => {
      this.fetching = undefined;
      this.wake();
    });
  }

  /** Resolves when no claim is under way. */
  async settled(): Promise<void> {
    await this.fetching;
  }

  /** Back into the queue, unwritten. */
  async giveBack(shelf: LaneShelf, claimed: readonly Claimed[]): Promise<void> {
    await this.tools.claimBatch.giveBack(claimed);
    for (const { message } of claimed) this.returned(message);
    shelf.drop(new Set(claimed));
  }

  /** A message of this stream is in the queue again: its stream is not dry. */
  returned(message: Claimed['message']): void {
    this.turns.returned({ ...message, lane: message.laneNo });
  }

  /** Streams with nothing due, to be put away. */
  takeDry(nowMs: number): OpenStream[] {
    return this.turns.takeDry(this.tools.settings.dryMs, nowMs);
  }

  private async fetchFor(hungry: readonly LaneShelf[], provider: ProviderSnapshot): Promise<void> {
    try {
      const streams = await this.pickStreams(hungry);
      const claims = [...(await this.byShelf(streams))]
        .filter(([shelf]) => hungry.includes(shelf) || shelf.isEmpty)
        .toSorted(([one], [other]) => one.number - other.number);
      // They land lane by lane: a code must not find that bulk, claimed beside it, has just taken the window.
      let landed: Promise<unknown> = Promise.resolve();
      const claiming = claims.map(([shelf, own]) => {
        const claim = this.claim(shelf, own, provider, landed);
        landed = claim.catch(() => undefined);
        return claim;
      });
      await together(...claiming);
      this.failures = 0;
    } catch (error) {
      this.fetchAgainAt = performance.now() + retryMs(this.failures++);
      for (const shelf of hungry) shelf.lookAt = 0;
      this.logger.error({ providerId: this.connection.providerId, err: error, msg: 'claiming failed' });
    }
  }

  private pickStreams(shelves: readonly LaneShelf[]): Promise<OpenStream[]> {
    const wanted = new Set(shelves.map(({ number }) => number));
    const positions = this.turns.positions().filter(({ lane }) => wanted.has(lane));
    return this.tools.database.query<OpenStream>(PICK_STREAMS, [
      this.connection.providerId,
      positions.map(({ lane }) => lane),
      positions.map(({ accountId }) => accountId),
      positions.map(({ groupId }) => groupId),
      positions.map(({ pacedBy }) => pacedBy),
      this.tools.settings.maxStreams,
    ]);
  }

  /** Which shelf each stream is claimed for: that of its account or its sender, if they have a rate of their own. */
  private async byShelf(streams: readonly OpenStream[]): Promise<Map<LaneShelf, OpenStream[]>> {
    const accounts = await this.tools.accounts.getMany([...new Set(streams.map(({ accountId }) => accountId))]);
    const rates = await this.tools.senderRates.rates();
    const found = new Map<LaneShelf, OpenStream[]>();
    for (const stream of streams) {
      const shelf = this.shelfFor(stream.lane, ownPaceOf(stream, accounts, rates));
      const own = found.get(shelf);
      if (own) own.push(stream);
      else found.set(shelf, [stream]);
    }
    return found;
  }

  private shelfFor(lane: number, { accountId, pacedBy, gates }: OwnPace): LaneShelf {
    let shelf = this.lanes.find((one) => one.number === lane && one.accountId === accountId && one.pacedBy === pacedBy);
    if (!shelf) {
      shelf = new LaneShelf(LANES[lane]!, lane, accountId, pacedBy);
      this.lanes = [...this.lanes, shelf].toSorted((one, other) => one.number - other.number);
    }
    shelf.gates = gates;
    return shelf;
  }

  /** @param moreUrgent settled when everything more urgent stands on its shelf. */
  private async claim(
    shelf: LaneShelf,
    streams: readonly OpenStream[],
    provider: ProviderSnapshot,
    moreUrgent: Promise<unknown>,
  ): Promise<void> {
    const { lines, desk, settings, claimBatch } = this.tools;
    const nowMs = performance.now();
    const shares = this.turns.share(streams, Math.max(1, this.wanted(shelf)), nowMs);
    shelf.line ??= await lines.open(provider.id, desk.worker, settings.leaseMs);
    const { line, comebacks, pacedBy } = shelf;
    let batch: ClaimedBatch;
    try {
      batch = await claimBatch.execute({ provider, shares, line, pacedBy });
    } catch (error) {
      // What was claimed, if anything, has numbers above all that is marked: it goes back when the line is closed.
      line.retired = true;
      shelf.line = undefined;
      throw error;
    }
    await moreUrgent;
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

  /** Messages to claim for a shelf: what the window takes now, and what leaves in the time that claiming takes. */
  private wanted(shelf: LaneShelf): number {
    const { settings } = this.tools;
    const rate = Math.min(...this.gatesOf(shelf).map(({ perSecond }) => perSecond));
    const flow = Math.floor(this.room.perSecond * AHEAD_S);
    const ahead = Math.max(this.room.for(shelf.lane), flow, LEAST_AHEAD[shelf.lane]);
    const units = Math.min(ahead, Math.ceil(rate * BOOKED_AHEAD_S) + 1);
    const target = Math.min(settings.maxBatch, Math.ceil(units / this.room.averageUnits));
    // A shelf that is half full can wait for a larger claim.
    return shelf.claimed.length <= target / 2 ? target - shelf.claimed.length : 0;
  }

  /** Shelves of accounts and senders that have had nothing for a while. */
  private dropUnused(nowMs: number): void {
    const unused = this.lanes.filter((shelf) => shelf.isOwn && shelf.isEmpty && nowMs - shelf.lookAt > UNUSED_MS);
    if (unused.length === 0) return;
    for (const shelf of unused) shelf.retireLines();
    this.lanes = this.lanes.filter((shelf) => !unused.includes(shelf));
  }
}

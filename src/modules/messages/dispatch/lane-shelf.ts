import type { Lane, ProviderCapabilities, RateGate, SendingLine } from '../../providers/index.js';
import { type Claimed, type Parcel, toParcels, unitsOf } from './flight.js';

/** What waits here longer than this is given back: its turn did not come, and others may have it. */
const STALE_MS = 2_000;

/**
 * What one link has claimed of one lane and not written yet, in the order of its numbers, with what it knows of more. An account with a
 * rate of its own has a shelf to itself, and so has a sender with one, so that nobody waits behind them.
 */
export class LaneShelf {
  /** Claimed, not begun. Replaced, never changed: claiming goes on while somebody carries out what they decided about these. */
  claimed: readonly Claimed[] = [];
  /** Begun, but without a slot (any more): of messages larger than a booking, or whose slot was missed. */
  readonly unslotted: Parcel[] = [];
  /** Numbers what is claimed next; a new one when the last was retired. */
  line: SendingLine | undefined;
  /** Old lines of which something stands here still. */
  private worn: SendingLine[] = [];
  /** Monotonic: when it is worth asking for slots again. */
  askAgainAt = 0;
  /** Monotonic: when it is worth looking for due messages again. */
  lookAt = 0;
  /** A message in front of these came back unsent: they go back, too, so that it keeps its place. */
  isOvertaking = false;
  /** How often that happened: what a claim brings that was under way meanwhile stands behind it, too. */
  comebacks = 0;

  constructor(
    readonly lane: Lane,
    /** As it stands in rows. */
    readonly number: number,
    /** The account that this shelf is for; null: all that have no rate of their own. */
    readonly accountId: string | null = null,
    /** The number of the sender's rate that this shelf is for; 0: all that are under none. */
    readonly pacedBy = 0,
  ) {}

  /** What paces this shelf beside the link; changed with the account and the sender. */
  gates: readonly RateGate[] = [];

  /** Not for everybody. */
  get isOwn(): boolean {
    return this.accountId !== null || this.pacedBy !== 0;
  }

  /** Nothing on it, and nothing that would come by itself. */
  get isEmpty(): boolean {
    return this.claimed.length === 0 && this.unslotted.length === 0;
  }

  unitsReady(capabilities: ProviderCapabilities): number {
    return this.claimed.reduce((sum, { message }) => sum + unitsOf(message, capabilities), 0);
  }

  /** The longest beginning that fits; with `atLeastOne` its first message may be larger. Only of one line. */
  fitting(room: number, capabilities: ProviderCapabilities, atLeastOne: boolean): Claimed[] {
    let left = room;
    const line = this.claimed[0]?.line;
    const end = this.claimed.findIndex(
      ({ message, line: own }) => own !== line || (left -= unitsOf(message, capabilities)) < 0,
    );
    if (end === 0 && atLeastOne && room > 0) return this.claimed.slice(0, 1);
    return end < 0 ? [...this.claimed] : this.claimed.slice(0, end);
  }

  add(claimed: readonly Claimed[]): void {
    this.claimed = [...this.claimed, ...claimed];
  }

  takeAll(): readonly Claimed[] {
    const all = this.claimed;
    this.claimed = [];
    return all;
  }

  /** Takes what is begun, given back or put aside off the shelf. */
  drop(gone: ReadonlySet<Claimed>): void {
    if (gone.size > 0) this.claimed = this.claimed.filter((one) => !gone.has(one));
  }

  /**
   * Puts a line that has been used for so long aside, and gives it up when nothing of it is left here. With its end whoever cleans up
   * finds what stands under it and nobody knows of: a mistake of ours must not hold a message for as long as a process lives.
   */
  changeLine(nowMs: number, maxAgeMs: number): void {
    if (this.line && nowMs - this.line.openedAt >= maxAgeMs) {
      this.worn.push(this.line);
      this.line = undefined;
    }
    if (this.worn.length === 0) return;
    const used = new Set(this.claimed.map(({ line }) => line));
    for (const line of this.worn) line.retired = !used.has(line);
    this.worn = this.worn.filter(({ retired }) => !retired);
  }

  /** Nothing is numbered or written here any more. */
  retireLines(): void {
    for (const line of [...this.worn, ...this.claimed.map((one) => one.line)]) line.retired = true;
    if (this.line) this.line.retired = true;
  }

  stale(nowMs: number): Claimed[] {
    return this.claimed.filter(({ claimedAt }) => nowMs - claimedAt >= STALE_MS);
  }

  /**
   * Nothing may be written on lines whose lease is over. They are retired, also when nobody closed them and they are renewed in the
   * end: what is forgotten here goes back with them.
   */
  forgetLost(nowMs: number): void {
    for (const line of new Set([...this.claimed.map((one) => one.line), ...(this.line ? [this.line] : [])]))
      if (nowMs >= line.leaseUntil) line.retired = true;
    if (this.line?.retired) this.line = undefined;
    if (this.claimed.some(({ line }) => nowMs >= line.leaseUntil))
      this.claimed = this.claimed.filter(({ line }) => nowMs < line.leaseUntil);
  }
}

/** Messages cut into what takes one slot each, with the number of the last message in each. */
export function toNumberedParcels(
  claimed: readonly Claimed[],
  capabilities: ProviderCapabilities,
): { parcel: Parcel; no: number }[] {
  const numbers = new Map(claimed.map(({ submission, no }) => [submission.clientReference, no]));
  const parcels = toParcels(
    claimed.map(({ submission }) => submission),
    capabilities,
  );
  return parcels.map((parcel) => ({ parcel, no: numbers.get(parcel.at(-1)!.clientReference)! }));
}

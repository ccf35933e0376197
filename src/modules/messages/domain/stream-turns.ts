import { NIL_ID } from '../../../kernel/ids.js';

/** An open stream of one provider. */
export interface OpenStream {
  lane: number;
  accountId: string;
  groupId: string;
  /** The rate of a sender that it is under, 0: none. */
  pacedBy: number;
}

/** How much of a stream is claimed in this turn, and from where on. */
export interface StreamShare extends OpenStream {
  take: number;
  /** Everything up to here was claimed a moment ago; null: from the beginning. */
  floor: QueuePosition | null;
}

/** A place in the order of a stream. */
export interface QueuePosition {
  dueAt: Date;
  messageId: string;
}

interface StreamMemory extends OpenStream {
  /** Monotonic time since when it gives less than asked for; null while it gives all. */
  drySince: number | null;
  floor: QueuePosition | null;
  /** Monotonic time until which the floor may be trusted. */
  floorUntil: number;
}

/** What a stream that was dry last time is asked for while others have a backlog. */
const PROBE = 4;
/** Messages that were queued behind the floor (an accept that committed late, a retry) wait so long at most. */
const FLOOR_MS = 500;
/** Streams remembered at once; beyond that everything is learned anew. */
const MAX_REMEMBERED = 10_000;

/**
 * Whose turn it is: accounts share each turn evenly, their groups share the account's part, and the next turn begins behind
 * the last one served. Memory of one worker about one provider, nothing that anybody relies on: other workers take their own
 * turns, and rows are guarded by locks.
 */
export class StreamTurns {
  private readonly memory = new Map<string, StreamMemory>();
  private readonly cursors: OpenStream[] = [0, 1, 2].map((lane) => ({
    lane,
    accountId: NIL_ID,
    groupId: NIL_ID,
    pacedBy: 0,
  }));

  /** Where each lane's last turn ended. */
  positions(): readonly OpenStream[] {
    return this.cursors;
  }

  /** Divides `wanted` messages among streams of one lane, in the order of their turns. May give a little more in sum. */
  share(streams: readonly OpenStream[], wanted: number, nowMs: number): StreamShare[] {
    const accounts = new Map<string, { streams: OpenStream[]; dry: boolean }>();
    for (const stream of streams) {
      const account = accounts.get(stream.accountId) ?? { streams: [], dry: true };
      account.streams.push(stream);
      account.dry &&= this.memory.get(keyOf(stream))?.drySince != null;
      accounts.set(stream.accountId, account);
    }
    const busy = [...accounts.values()].filter(({ dry }) => !dry).length;
    const perAccount = Math.ceil(wanted / Math.max(1, busy || accounts.size));
    return [...accounts.values()].flatMap(({ streams: own, dry }) => {
      const part = dry && busy > 0 ? Math.min(PROBE, perAccount) : perAccount;
      const each = Math.max(1, Math.ceil(part / own.length));
      return own.map((stream) => ({ ...stream, take: each, floor: this.floorOf(stream, nowMs) }));
    });
  }

  /**
   * Remembers what a claim found: `found` is how many rows a share gave, `last` the last of them that was begun or put aside.
   * A floor is only set under a backlog, where it saves stepping over what was just claimed.
   */
  observe(share: StreamShare, found: number, last: QueuePosition | null, nowMs: number): void {
    if (this.memory.size >= MAX_REMEMBERED) this.memory.clear();
    const known = this.memory.get(keyOf(share));
    const full = found >= share.take;
    // Short above a floor says nothing: the next look is from the beginning.
    const dry = !full && share.floor === null;
    const trusted = full && last !== null;
    this.memory.set(keyOf(share), {
      lane: share.lane,
      accountId: share.accountId,
      groupId: share.groupId,
      pacedBy: share.pacedBy,
      drySince: dry ? (known?.drySince ?? nowMs) : null,
      floor: trusted ? last : null,
      floorUntil: trusted ? (share.floor ? (known?.floorUntil ?? 0) : nowMs + FLOOR_MS) : 0,
    });
  }

  /** The next turn of the lane begins behind this stream. */
  served(stream: OpenStream): void {
    this.cursors[stream.lane] = toStream(stream);
  }

  /** Something of the stream went back into the queue: look from the beginning. */
  returned(stream: OpenStream): void {
    this.memory.delete(keyOf(stream));
  }

  /** Streams that have been dry for so long; they are forgotten here, and found again when they are open. */
  takeDry(dryMs: number, nowMs: number): OpenStream[] {
    const dry = [...this.memory.values()].filter(({ drySince }) => drySince !== null && nowMs - drySince >= dryMs);
    for (const stream of dry) this.memory.delete(keyOf(stream));
    return dry.map(toStream);
  }

  private floorOf(stream: OpenStream, nowMs: number): QueuePosition | null {
    const known = this.memory.get(keyOf(stream));
    return known && known.floor !== null && nowMs < known.floorUntil ? known.floor : null;
  }
}

function keyOf({ lane, accountId, groupId, pacedBy }: OpenStream): string {
  return `${lane}/${accountId}/${groupId}/${pacedBy}`;
}

function toStream({ lane, accountId, groupId, pacedBy }: OpenStream): OpenStream {
  return { lane, accountId, groupId, pacedBy };
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { SendingLines } from '../../providers/index.js';
import type { PartOutcome } from '../domain/message-outcome.js';
import type { OpenStream } from '../domain/stream-turns.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { LOCK_EXPIRED } from '../persistence/sql/lock-overdue.js';
import { IS_ANYTHING_CLAIMED, LOCK_CLAIMED } from '../persistence/sql/release-claimed.js';
import { REMOVE_QUEUED } from '../persistence/sql/put-aside.js';
import { LOCK_DRY_STREAMS, PUT_STREAMS_AWAY, WAKE_STREAMS } from '../persistence/sql/rest-streams.js';
import { MessageMover } from '../settle/message-mover.js';
import { recordOutcomes } from '../settle/record-outcomes.js';
import { DispatchSettings } from './dispatch-settings.js';
import { beginSubmitting } from './flight.js';
import { giveBack } from './give-back.js';
import { PutAside } from './put-aside.js';

/** Most rows of one transaction, and most transactions of one round: a round stays short whatever has piled up. */
const BATCH = 500;
const MAX_ROUNDS = 20;

type LapsedMessage = ClaimedMessage & { startedAt: Date };

/**
 * What keeps the queue in order while links send: lapsed leases, validity, streams. Every worker runs all of it; rows that
 * another one has locked are skipped, so they share the work without knowing each other.
 */
@Injectable()
export class QueueKeeper {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mover: MessageMover,
    private readonly putAside: PutAside,
    private readonly lines: SendingLines,
    private readonly settings: DispatchSettings,
  ) {}

  /**
   * What a worker had when it died: up to the mark of its line it may or may not have left and becomes `unknown`, its money stays
   * held; the rest was never written and is queued again. The same goes for lines that this process gave up. Answers how many
   * messages that were.
   */
  async recoverLapsed(): Promise<number> {
    let total = 0;
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const freed = await this.database.transaction((tx) => this.emptyLapsed(tx));
      if (freed === null) break;
      total += freed;
    }
    return total;
  }

  /** Messages whose time is over are not sent late: expired and released. Answers how many. */
  expireQueued(): Promise<number> {
    return repeat(
      (now) =>
        this.database.transaction(async (tx) => {
          const expired = await tx.query<ClaimedMessage>(LOCK_EXPIRED, [now, BATCH]);
          const decision = ({ state }: ClaimedMessage) =>
            ({ kind: state === 'queued' || state === 'scheduled' ? 'expire' : 'stray' }) as const;
          await this.putAside.execute(
            tx,
            expired.map((message) => ({ message, decision: decision(message) })),
            now,
          );
          return expired.length;
        }),
      this.clock,
    );
  }

  /** Opens streams whose next message is due. Answers their providers. */
  async wakeStreams(): Promise<Set<string>> {
    const woken = await this.database.query<{ providerId: string }>(WAKE_STREAMS, [this.clock.now(), BATCH]);
    return new Set(woken.map(({ providerId }) => providerId));
  }

  /** Removes or parks streams that gave nothing for a while, where nobody is just queueing something. */
  async putStreamsAway(dry: readonly (OpenStream & { providerId: string })[]): Promise<void> {
    if (dry.length === 0) return;
    await this.database.transaction(async (tx) => {
      const locked = await tx.query<OpenStream & { providerId: string }>(LOCK_DRY_STREAMS, columns(dry));
      if (locked.length > 0) await tx.query(PUT_STREAMS_AWAY, [...columns(locked), this.clock.now()]);
    });
  }

  /** One batch of one line. Null when there is none, or somebody else has locked what is left of it. */
  private async emptyLapsed(tx: Tx): Promise<number | null> {
    const line = await this.lines.closeLapsed(tx);
    if (!line) return null;
    const now = this.clock.now();
    const claimed = await tx.query<LapsedMessage>(LOCK_CLAIMED, [line.id, BATCH]);
    const written = claimed.filter(({ fence }) => fence <= line.mark);
    const waiting = claimed.filter(({ fence }) => fence > line.mark);
    if (written.length > 0) await this.callUnknown(tx, written, line.worker, now);
    await giveBack(tx, line.id, waiting, now);
    const [left] = await tx.query<{ any: boolean }>(IS_ANYTHING_CLAIMED, [line.id]);
    if (!left?.any) await this.lines.forget(tx, line.id);
    return left?.any && claimed.length === 0 ? null : claimed.length;
  }

  private async callUnknown(tx: Tx, lapsed: readonly LapsedMessage[], worker: string, now: Date): Promise<void> {
    for (const message of lapsed) beginSubmitting(message);
    await tx.query(REMOVE_QUEUED, [lapsed.map(({ accountId }) => accountId), lapsed.map(({ id }) => id)]);
    const moves = lapsed.map(
      (message) => ({ message, to: 'unknown', cause: 'lease', reason: 'lease_lapsed' }) as const,
    );
    const ended = lapsed.map((message) => ({
      message,
      attemptId: message.attemptId!,
      worker,
      startedAt: message.startedAt,
      outcome: { kind: 'unknown', ...LAPSED } as const,
      parts: partsInFlight(message),
    }));
    await this.mover.move(tx, moves, now, () => recordOutcomes(tx, ended, this.settings, now));
  }
}

const LAPSED = { code: 'lease_lapsed', detail: 'the worker that was writing it was not heard of any more' };

/** Every part that had not left before: any of them may have. */
function partsInFlight({ parts, partsGone }: ClaimedMessage): PartOutcome[] {
  return Array.from({ length: parts }, (_, index) => index + 1)
    .filter((partNo) => !partsGone?.includes(partNo))
    .map((partNo) => ({ partNo, kind: 'unknown', ...LAPSED }));
}

function columns(streams: readonly (OpenStream & { providerId: string })[]) {
  return [
    streams.map(({ providerId }) => providerId),
    streams.map(({ lane }) => lane),
    streams.map(({ accountId }) => accountId),
    streams.map(({ groupId }) => groupId),
    streams.map(({ pacedBy }) => pacedBy),
  ];
}

async function repeat(round: (now: Date) => Promise<number>, clock: Clock): Promise<number> {
  let total = 0;
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const done = await round(clock.now());
    total += done;
    if (done < BATCH) break;
  }
  return total;
}

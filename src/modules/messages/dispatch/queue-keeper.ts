import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import type { PartOutcome } from '../domain/message-outcome.js';
import type { OpenStream } from '../domain/stream-turns.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { LOCK_EXPIRED, LOCK_LAPSED } from '../persistence/sql/lock-overdue.js';
import { REMOVE_QUEUED } from '../persistence/sql/put-aside.js';
import { LOCK_DRY_STREAMS, PUT_STREAMS_AWAY, WAKE_STREAMS } from '../persistence/sql/rest-streams.js';
import { MessageMover } from '../settle/message-mover.js';
import { recordOutcomes } from '../settle/record-outcomes.js';
import { DispatchSettings } from './dispatch-settings.js';
import { FlightDesk } from './flight-desk.js';
import { PutAside } from './put-aside.js';

/** Most rows of one transaction, and most transactions of one round: a round stays short whatever has piled up. */
const BATCH = 500;
const MAX_ROUNDS = 20;

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
    private readonly desk: FlightDesk,
    private readonly settings: DispatchSettings,
  ) {}

  /**
   * What a worker was writing when it died may or may not have left: `unknown`, its money stays held. Answers how many.
   * (A claim and the beginning of an attempt are one commit, so there is nothing that was claimed and not begun.) The same goes
   * for what stands in our own name and we know nothing of: the connection broke while the claim was being committed.
   */
  recoverLapsed(): Promise<number> {
    return repeat(
      (now) =>
        this.database.transaction(async (tx) => {
          const lapsed = await tx.query<ClaimedMessage & { startedAt: Date }>(LOCK_LAPSED, [
            now,
            BATCH,
            this.desk.worker,
            this.desk.held(),
          ]);
          if (lapsed.length > 0) await this.callUnknown(tx, lapsed, now);
          return lapsed.length;
        }),
      this.clock,
    );
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

  private async callUnknown(
    tx: Tx,
    lapsed: readonly (ClaimedMessage & { startedAt: Date })[],
    now: Date,
  ): Promise<void> {
    await tx.query(REMOVE_QUEUED, [lapsed.map(({ accountId }) => accountId), lapsed.map(({ id }) => id)]);
    const moves = lapsed.map(
      (message) => ({ message, to: 'unknown', cause: 'lease', reason: 'lease_lapsed' }) as const,
    );
    const ended = lapsed.map((message) => ({
      message,
      attemptId: message.attemptId!,
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

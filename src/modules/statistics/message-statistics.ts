import { Injectable } from '@nestjs/common';
import { runExclusively } from '../../database/advisory-locks.js';
import { Database, type Tx } from '../../database/database.js';
import { OutboxConsumer, type ReceivedEvent } from '../../database/outbox.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { lowestIdAt, NIL_ID } from '../../kernel/ids.js';
import { type MessagesChanged, type RollUp, sumUp, waitingChanges } from './domain/changes.js';
import { ADD_UP } from './persistence/sql/add-up.js';
import { ADD_DEPTHS, RECOUNT_DEPTHS } from './persistence/sql/queue-depths.js';
import { COMPARE, RECOUNT } from './persistence/sql/recount.js';

const CONSUMER = 'statistics';
const BATCH = 500;
const IDLE_MS = 500;

/** A combination whose roll-up is not what the rows say. */
export interface Difference extends Record<string, unknown> {
  hour: Date;
  source: string;
  state: string;
  chargeState: string;
  rolledUp: string;
  counted: string;
}

/** Keeps the roll-up of messages: from events as they come, and from the rows when in doubt. */
@Injectable()
export class MessageStatistics {
  private readonly consumer: OutboxConsumer;
  private readonly listeners = new Set<(counted: CountedState) => void>();

  constructor(
    private readonly database: Database,
    clock: Clock,
  ) {
    this.consumer = new OutboxConsumer(database, clock, {
      consumer: CONSUMER,
      batchSize: BATCH,
      idleMs: IDLE_MS,
      handle: (tx, events) => this.apply(tx, events),
    });
  }

  /** Consumes events until {@link stop}; for worker processes. */
  start(): void {
    this.consumer.start();
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  /** Hears how many messages came into a state, after that was committed; in the process that consumes the events. */
  onCounted(listener: (counted: CountedState) => void): void {
    this.listeners.add(listener);
  }

  /** Consumes all there is now; answers how many events that were. */
  catchUp(): Promise<number> {
    return this.consumer.drain();
  }

  /**
   * Counts an account's hours anew from its messages. Events that are waiting and whose effect the rows show already go with it:
   * one snapshot sees both, and the consumer rests meanwhile. Refuses while it cannot have the consumer's place: `unavailable`.
   */
  async rebuild(accountId: string, from: Date, until: Date): Promise<void> {
    const done = await runExclusively(this.database, 'outbox', CONSUMER, () =>
      this.database.transaction(async (tx) => {
        await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        await tx.query(
          `DELETE FROM outbox_events WHERE consumer = $1 AND account_id = $2 AND topic = 'messages.changed'
              AND (payload->>'hour')::timestamptz >= $3 AND (payload->>'hour')::timestamptz < $4`,
          [CONSUMER, accountId, from, until],
        );
        await tx.query(RECOUNT.remove, [accountId, from, until]);
        await tx.query(RECOUNT.insert, bounds(accountId, from, until));
        await tx.query(RECOUNT_DEPTHS.remove, [accountId]);
        await tx.query(RECOUNT_DEPTHS.insert, [accountId]);
      }),
    );
    if (!done.ran) throw new DomainError('unavailable', 'unavailable', { retryAfterSeconds: 1 });
  }

  private async apply(tx: Tx, events: ReceivedEvent[]): Promise<void> {
    const came = (await applyEvents(tx, events)).filter(({ messages }) => messages > 0n);
    tx.afterCommit(() => {
      for (const listener of this.listeners)
        for (const { state, lane, messages } of came) listener({ state, lane, messages: Number(messages) });
    });
  }

  /** Where the roll-up differs from the rows; nothing when every event was consumed. */
  compare(accountId: string, from: Date, until: Date): Promise<Difference[]> {
    return this.database.query<Difference>(COMPARE, bounds(accountId, from, until));
  }
}

export interface CountedState {
  state: string;
  lane: string;
  messages: number;
}

function bounds(accountId: string, from: Date, until: Date): unknown[] {
  return [accountId, from, until, lowestIdAt(from), lowestIdAt(until)];
}

async function applyEvents(tx: Tx, events: ReceivedEvent[]): Promise<readonly RollUp[]> {
  const rows = sumUp(
    events.map(({ accountId, payload }) => ({ accountId, payload: payload as MessagesChanged })),
    NIL_ID,
  );
  if (rows.length === 0) return rows;
  await tx.query(ADD_UP, [
    rows.map(({ accountId }) => accountId),
    rows.map(({ hour }) => hour),
    rows.map(({ source }) => source),
    rows.map(({ lane }) => lane),
    rows.map(({ country }) => country),
    rows.map(({ providerId }) => providerId),
    rows.map(({ state }) => state),
    rows.map(({ chargeState }) => chargeState),
    rows.map(({ currency }) => currency),
    rows.map(({ messages }) => messages),
    rows.map(({ parts }) => parts),
    rows.map(({ micros }) => micros),
  ]);
  const waiting = waitingChanges(rows);
  if (waiting.length === 0) return rows;
  await tx.query(ADD_DEPTHS, [
    waiting.map(({ accountId }) => accountId),
    waiting.map(({ providerId }) => providerId),
    waiting.map(({ lane }) => lane),
    waiting.map(({ queued }) => queued),
    waiting.map(({ scheduled }) => scheduled),
  ]);
  return rows;
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { OutboxConsumer, type ReceivedEvent, writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import type { QueueStream } from '../domain/queue-stream.js';
import { BRING_FORWARD } from '../persistence/sql/bring-forward.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { QueueHints } from './queue-hints.js';

const CONSUMER = 'dispatch';
const EVENTS = 10;
const IDLE_MS = 500;
/** Messages of one transaction; what is left comes with the next. */
const BATCH = 1_000;

/**
 * Follows hours that somebody changed: messages that wait for an opening of the old ones become due, and are put aside anew where other
 * hours still keep them. Without it, what a provider's closing put aside would wait for the old opening however wide ops opens it.
 */
@Injectable()
export class HoursFollower {
  private readonly consumer: OutboxConsumer;

  constructor(
    database: Database,
    clock: Clock,
    private readonly hints: QueueHints,
  ) {
    this.consumer = new OutboxConsumer(database, clock, {
      consumer: CONSUMER,
      batchSize: EVENTS,
      idleMs: IDLE_MS,
      handle: async (tx, events) => {
        for (const event of events) await this.follow(tx, event, clock.now());
      },
    });
  }

  /** Until {@link stop}; for worker processes. */
  start(): void {
    this.consumer.start();
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  /** Follows all that is due; answers how many changes that were. */
  catchUp(): Promise<number> {
    return this.consumer.drain();
  }

  private async follow(tx: Tx, { accountId, topic, payload }: ReceivedEvent, now: Date): Promise<void> {
    const { providerId = null, until } = payload as { providerId?: string | null; until?: string };
    // Everybody has known the new hours since the event fell due; one that goes on keeps the time of the first.
    const knownAt = until === undefined ? now : new Date(until);
    const streams = await tx.query<QueueStream>(BRING_FORWARD, [
      providerId,
      topic === 'accounts.hours_changed' ? accountId : null,
      now,
      knownAt,
      BATCH,
    ]);
    await openStreams(tx, streams, now);
    if (streams.length === BATCH)
      await writeOutbox(tx, [{ accountId, topic, payload: { providerId, until: knownAt } }], now);
    tx.afterCommit(() => this.hints.queued(streams.map((stream) => stream.providerId)));
  }
}

import { expectFew } from './expect-few.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { tryLock } from './advisory-locks.js';
import type { Database, Statement, Tx } from './database.js';

/** A fact for others. Topics are `<module>.<past tense>`; payloads are JSON and hold neither texts nor whole numbers. */
export interface OutboxEvent {
  accountId: string;
  topic: string;
  payload: unknown;
}

/** An event as its consumer gets it. The id is the same on every try. */
export interface ReceivedEvent extends OutboxEvent {
  id: string;
  createdAt: Date;
}

const WRITE: Statement = {
  name: 'outbox.write',
  text: `
    INSERT INTO outbox_events (consumer, id, account_id, topic, payload, created_at, next_try_at)
    SELECT s.consumer, e.id, e.account_id, e.topic, e.payload, $5, $6
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) AS e(id, account_id, topic, payload)
    JOIN outbox_subscriptions s ON s.topic = e.topic
    WHERE ${expectFew('e.id')}`,
};

const TAKE: Statement = {
  name: 'outbox.take',
  text: `
    DELETE FROM outbox_events
    WHERE (consumer, id) IN (
      SELECT consumer, id FROM outbox_events
      WHERE consumer = $1 AND next_try_at <= $2
      ORDER BY consumer, id
      LIMIT $3
      FOR UPDATE SKIP LOCKED)
    RETURNING id, account_id, topic, payload, created_at`,
};

const POSTPONE: Statement = {
  name: 'outbox.postpone',
  text: `
    UPDATE outbox_events
    SET tries = LEAST(tries + 1, 1000), next_try_at = $3::timestamptz + LEAST(power(2, LEAST(tries, 20)), 3600) * interval '1 second'
    WHERE consumer = $1 AND id = $2`,
};

/**
 * Writes facts in the transaction that made them true: one row for each consumer that subscribed to the topic (a row of
 * `outbox_subscriptions`, made by the migration of the consumer's module). What nobody wants is not written. Consumers get them
 * no earlier than `dueAt`.
 */
export async function writeOutbox(tx: Tx, events: readonly OutboxEvent[], now: Date, dueAt: Date = now): Promise<void> {
  if (events.length === 0) return;
  await tx.query(WRITE, [
    events.map(() => newId(now)),
    events.map(({ accountId }) => accountId),
    events.map(({ topic }) => topic),
    events.map(({ payload }) => JSON.stringify(payload)),
    now,
    dueAt,
  ]);
}

export interface OutboxConsumerOptions {
  /** As in `outbox_subscriptions`. */
  consumer: string;
  /** Most events of one transaction. */
  batchSize: number;
  /** How long a pass that found nothing is followed by a rest. */
  idleMs: number;
  /** Runs in the transaction that removes the events, so that its effects in the database happen exactly once. */
  handle(tx: Tx, events: ReceivedEvent[]): Promise<void>;
}

/**
 * Reads one consumer's events in the order of their ids (the order in which they were made, as far as clocks agree) and
 * removes them in the transaction that handles them. Any number of processes may run one: an advisory lock keeps them from
 * interleaving, the row locks keep them right. An event that fails alone is tried again later, from 1 s to 1 h apart, and does
 * not hold up those behind it.
 */
export class OutboxConsumer {
  private readonly logger = new Logger('outbox');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly options: OutboxConsumerOptions,
  ) {}

  /** Begins to consume; returns at once. */
  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Handles everything that is due now; returns how many events that were. */
  async drain(): Promise<number> {
    let handled = 0;
    for (let found = -1; found !== 0;) {
      found = await this.runOnce();
      handled += found;
    }
    return handled;
  }

  /** One batch: how many events were taken, handled or not; 0 also when another process is at it. */
  async runOnce(): Promise<number> {
    const { batchSize } = this.options;
    try {
      return await this.take(batchSize);
    } catch (error) {
      this.logger.warn({ consumer: this.options.consumer, err: error, msg: 'a batch failed; trying its events alone' });
    }
    return this.takeOneByOne(batchSize);
  }

  private async take(limit: number, onTaken?: (event: ReceivedEvent) => void): Promise<number> {
    const { consumer } = this.options;
    return this.database.transaction(async (tx) => {
      if (!(await tryLock(tx, 'outbox', consumer))) return 0;
      const rows = await tx.query<{
        id: string;
        account_id: string;
        topic: string;
        payload: unknown;
        created_at: Date;
      }>(TAKE, [consumer, this.clock.now(), limit]);
      const events = rows
        .map((row): ReceivedEvent => ({
          id: row.id,
          accountId: row.account_id,
          topic: row.topic,
          payload: row.payload,
          createdAt: row.created_at,
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      if (events[0]) onTaken?.(events[0]);
      if (events.length > 0) await this.options.handle(tx, events);
      return events.length;
    });
  }

  private async takeOneByOne(atMost: number): Promise<number> {
    for (let taken = 0; taken < atMost; taken++) {
      let current: ReceivedEvent | undefined;
      try {
        if ((await this.take(1, (event) => (current = event))) === 0) return taken;
      } catch (error) {
        if (!current) throw error;
        this.logger.error({ consumer: this.options.consumer, event: current.id, topic: current.topic, err: error });
        await this.database.query(POSTPONE, [this.options.consumer, current.id, this.clock.now()]);
      }
    }
    return atMost;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const found = await this.runOnce().catch((error: unknown) => {
        this.logger.error({ consumer: this.options.consumer, err: error });
        return 0;
      });
      if (found === 0) await sleep(this.options.idleMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { OutboxConsumer, type ReceivedEvent } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { InboundMessageDto, InboundReads } from '../../inbound/index.js';
import { eventIdOf, type EventType, toBody } from '../domain/events.js';
import { WRITE_DELIVERIES, WRITE_EVENTS } from '../persistence/sql/deliveries.js';
import { FIND_SUBSCRIBED } from '../persistence/sql/endpoints.js';

const CONSUMER = 'webhooks';
const BATCH = 100;
const IDLE_MS = 500;
const INBOUND: EventType = 'message.inbound';

interface WrittenEvent {
  accountId: string;
  id: string;
  body: string;
}

/**
 * Turns facts of the outbox into events and into a delivery for each endpoint that asked for them, in the transaction that takes the
 * fact. Ids of events follow from what they are about, so a fact that is told twice is one event and one delivery.
 */
@Injectable()
export class RecordEvents {
  private readonly consumer: OutboxConsumer;
  private readonly listeners = new Set<() => void>();

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly inbound: InboundReads,
  ) {
    this.consumer = new OutboxConsumer(database, clock, {
      consumer: CONSUMER,
      batchSize: BATCH,
      idleMs: IDLE_MS,
      handle: (tx, events) => this.handle(tx, events),
    });
  }

  /** Until {@link stop}; for worker processes. */
  start(): void {
    this.consumer.start();
  }

  stop(): Promise<void> {
    return this.consumer.stop();
  }

  /** Handles all that is due; answers how many facts that were. */
  catchUp(): Promise<number> {
    return this.consumer.drain();
  }

  /** Hears, after the commit, that there is something to deliver. Returns how to stop listening. */
  onRecorded(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async handle(tx: Tx, facts: readonly ReceivedEvent[]): Promise<void> {
    const accounts = [...new Set(facts.map(({ accountId }) => accountId))];
    const endpoints = await tx.query<{ accountId: string; id: string }>(FIND_SUBSCRIBED, [accounts, INBOUND]);
    if (endpoints.length === 0) return;
    const heard = new Set(endpoints.map(({ accountId }) => accountId));
    const events = await this.inboundEvents(
      tx,
      facts.filter(({ accountId }) => heard.has(accountId)),
    );
    await this.write(tx, events, endpoints);
  }

  /** The outbox holds no texts: they are read from where they are kept. */
  private async inboundEvents(tx: Tx, facts: readonly ReceivedEvent[]): Promise<WrittenEvent[]> {
    const rows = await this.inbound.byIds(
      tx,
      facts.map(({ accountId, payload }) => ({ accountId, id: (payload as { id: string }).id })),
    );
    return rows.map((row) => {
      const [accountId, id] = [row.account_id, eventIdOf(INBOUND, row.id)];
      const data = InboundMessageDto.of(row);
      return { accountId, id, body: toBody({ id, type: INBOUND, accountId, timestamp: row.received_at, data }) };
    });
  }

  private async write(
    tx: Tx,
    events: readonly WrittenEvent[],
    endpoints: readonly { accountId: string; id: string }[],
  ): Promise<void> {
    if (events.length === 0) return;
    const now = this.clock.now();
    const deliveries = events.flatMap(({ accountId, id: eventId }) =>
      endpoints.filter((one) => one.accountId === accountId).map(({ id }) => ({ accountId, endpointId: id, eventId })),
    );
    await tx.query(WRITE_EVENTS, [
      events.map(({ accountId }) => accountId),
      events.map(({ id }) => id),
      events.map(() => INBOUND),
      events.map(({ body }) => body),
      now,
    ]);
    await tx.query(WRITE_DELIVERIES, [
      deliveries.map(({ accountId }) => accountId),
      deliveries.map(({ endpointId }) => endpointId),
      deliveries.map(({ eventId }) => eventId),
      now,
    ]);
    tx.afterCommit(() => {
      for (const listener of this.listeners) listener();
    });
  }
}

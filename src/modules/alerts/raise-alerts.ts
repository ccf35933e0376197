import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { OutboxConsumer, type ReceivedEvent } from '../../database/outbox.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { AlertKind } from './domain/alert-kinds.js';
import { AWAITING, LINKS_DOWN, type ProviderEvent, whoIsTold } from './domain/who-is-told.js';
import { COUNT_AGAIN, RAISE, RESOLVE } from './persistence/sql/alerts.js';

const CONSUMER = 'alerts';
const EVENTS = 50;
const IDLE_MS = 500;
/** What happens again within this time after it was over is the same alert. */
const SAME_WITHIN_MS = 2 * 3_600_000;
const MAX_DETAIL = 500;

/** Turns what the outbox tells into alerts of those who have to know, and closes them when it is over. */
@Injectable()
export class RaiseAlerts {
  private readonly consumer: OutboxConsumer;

  constructor(database: Database, clock: Clock) {
    this.consumer = new OutboxConsumer(database, clock, {
      consumer: CONSUMER,
      batchSize: EVENTS,
      idleMs: IDLE_MS,
      handle: async (tx, events) => {
        for (const event of events) await this.handle(tx, event);
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

  /** Handles all that is due; answers how many events that were. */
  catchUp(): Promise<number> {
    return this.consumer.drain();
  }

  private async handle(tx: Tx, event: ReceivedEvent): Promise<void> {
    if (event.topic.startsWith('webhooks.')) await heedWebhook(tx, event);
    else if (event.topic.startsWith('payments.')) await heedProof(tx, event);
    else await this.heedProvider(tx, event);
  }

  private async heedProvider(tx: Tx, { accountId, topic, payload, createdAt }: ReceivedEvent): Promise<void> {
    const event = payload as ProviderEvent;
    const subject = `provider:${event.providerId}`;
    if (topic === 'providers.paused' || topic === 'providers.failing') {
      for (const told of whoIsTold(event, accountId)) await raise(tx, told, kindOf(event), subject, event, createdAt);
      return;
    }
    const accounts = [accountId, ...(event.ownerAccountId ? [event.ownerAccountId] : [])];
    const kinds: AlertKind[] =
      topic === 'providers.recovered' ? ['provider_failing'] : ['provider_paused', 'provider_awaits'];
    await tx.query(RESOLVE, [accounts, subject, createdAt, kinds]);
  }
}

/** The payload of `webhooks.disabled` and `webhooks.enabled`. */
interface WebhookEvent extends Told {
  endpointId: string;
}

/** The account alone is told: the endpoint is its own. */
async function heedWebhook(tx: Tx, { accountId, topic, payload, createdAt }: ReceivedEvent): Promise<void> {
  const event = payload as WebhookEvent;
  const subject = `webhook_endpoint:${event.endpointId}`;
  if (topic === 'webhooks.disabled') await raise(tx, accountId, 'webhook_disabled', subject, event, createdAt);
  else await tx.query(RESOLVE, [[accountId], subject, createdAt, ['webhook_disabled']]);
}

/** The staff is told: the event belongs to the platform's account. The account itself reads the answer where it uploaded. */
async function heedProof(tx: Tx, { accountId, topic, payload, createdAt }: ReceivedEvent): Promise<void> {
  const subject = `deposit_proof:${(payload as { proofId: string }).proofId}`;
  if (topic === 'payments.proof_uploaded')
    await raise(tx, accountId, 'deposit_awaits', subject, { reason: 'proof_uploaded' }, createdAt);
  else await tx.query(RESOLVE, [[accountId], subject, createdAt, ['deposit_awaits']]);
}

const KINDS: Record<string, AlertKind> = { [AWAITING]: 'provider_awaits', [LINKS_DOWN]: 'provider_failing' };

interface Told {
  reason?: string;
  detail?: string;
}

const kindOf = ({ reason = '' }: ProviderEvent): AlertKind => KINDS[reason] ?? 'provider_paused';

async function raise(
  tx: Tx,
  accountId: string,
  kind: AlertKind,
  subject: string,
  { reason = '', detail }: Told,
  at: Date,
): Promise<void> {
  const alert = [accountId, kind, subject, reason, detail?.slice(0, MAX_DETAIL) ?? null, at];
  const counted = await tx.query(COUNT_AGAIN, [...alert, new Date(at.getTime() - SAME_WITHIN_MS)]);
  if (counted.length === 0) await tx.query(RAISE, [...alert, newId(at)]);
}

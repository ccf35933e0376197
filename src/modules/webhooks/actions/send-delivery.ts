import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { UnreadableSealError } from '../../../config/sealing.js';
import { Clock } from '../../../kernel/clock.js';
import { HttpClient } from '../../../outbound/http-client.js';
import { signatureOf } from '../domain/signature.js';
import type { ClaimedDelivery } from '../persistence/sql/deliveries.js';
import { WebhookSecrets } from '../webhook-secrets.js';
import { WebhookSettings } from '../webhook-settings.js';

/** What became of a request. An answer counts by its status alone: what else it says is read no further than this and kept nowhere. */
export type SendOutcome = { kind: 'answered'; status: number } | { kind: 'unanswered'; error: string };

/** The process ends; it is nobody's fault. */
export const STOPPED = 'stopped';

const LIMITS = { maxConcurrent: 1, maxAnswerBytes: 65_536 };

/**
 * One signed request. The address is the account's choice: it is looked up once, checked, and called at what was checked
 * (`src/outbound`); redirects are not followed.
 */
@Injectable()
export class SendDelivery {
  private readonly open = new Set<HttpClient>();
  private stopping = false;

  constructor(
    private readonly env: Env,
    private readonly clock: Clock,
    private readonly secrets: WebhookSecrets,
    private readonly settings: WebhookSettings,
  ) {}

  /** Never rejects for what the other side does. */
  async execute(delivery: ClaimedDelivery): Promise<SendOutcome> {
    const headers = this.headersOf(delivery);
    if (headers === null) return { kind: 'unanswered', error: 'secret_unreadable' };
    const { origin, pathname, search } = new URL(delivery.url);
    const policy = { allowPrivateAddresses: this.env.ALLOW_PRIVATE_ADDRESSES };
    const client = new HttpClient(origin, { ...LIMITS, ...this.settings }, policy);
    this.open.add(client);
    try {
      const request = { method: 'POST' as const, path: pathname + search, headers, body: delivery.body };
      const exchange = await client.exchange(request);
      if (exchange.kind === 'answer') return { kind: 'answered', status: exchange.answer.status };
      return { kind: 'unanswered', error: this.stopping ? STOPPED : exchange.code };
    } finally {
      this.open.delete(client);
      await client.destroy();
    }
  }

  /** Whatever is open ends as {@link STOPPED}. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.open].map((client) => client.destroy()));
  }

  private headersOf(delivery: ClaimedDelivery): Record<string, string> | null {
    const now = this.clock.now();
    const timestamp = Math.floor(now.getTime() / 1_000);
    const secrets = this.signingSecrets(delivery, now);
    return (
      secrets && {
        'content-type': 'application/json',
        'user-agent': 'Kabinet-Webhooks/1.0',
        'webhook-id': delivery.eventId,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(secrets, delivery.eventId, timestamp, delivery.body),
      }
    );
  }

  /** The present one first; null when they cannot be read, which a rotation mends. */
  private signingSecrets({ endpointId, secrets, previousSecretUntil }: ClaimedDelivery, now: Date): string[] | null {
    try {
      const { current, previous } = this.secrets.open(endpointId, secrets);
      const both = previous !== null && previousSecretUntil !== null && previousSecretUntil > now;
      return both ? [current, previous] : [current];
    } catch (error) {
      if (error instanceof UnreadableSealError) return null;
      throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit } from '../../accounts/index.js';
import { GIVE_UP_MS, pauseAfter } from '../domain/retry-plan.js';
import { type ClaimedDelivery, type DeliveryState, SETTLE_DELIVERY } from '../persistence/sql/deliveries.js';
import { DISABLE_ENDPOINT, type DisabledReason, NOTE_FAILURE, NOTE_SUCCESS } from '../persistence/sql/endpoints.js';
import { type SendOutcome, STOPPED } from './send-delivery.js';

const GONE = 410;

interface Settlement {
  state: DeliveryState;
  nextTryAt: Date | null;
  deliveredAt: Date | null;
}

/** Writes down what became of a delivery, and what that says about its endpoint. */
@Injectable()
export class SettleDelivery {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AccountAudit,
  ) {}

  /** One transaction. A delivery that somebody else has claimed meanwhile is theirs. */
  async execute(delivery: ClaimedDelivery, outcome: SendOutcome): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      // The endpoint first: deleting one locks in the same order.
      if (isDelivered(outcome)) await tx.query(NOTE_SUCCESS, [delivery.accountId, delivery.endpointId]);
      else if (!wasStopped(outcome)) await this.noteFailure(tx, delivery, outcome, now);
      const { state, nextTryAt, deliveredAt } = this.settlementOf(delivery, outcome, now);
      await tx.query(SETTLE_DELIVERY, [
        delivery.accountId,
        delivery.endpointId,
        delivery.eventId,
        delivery.attempts,
        state,
        outcome.kind === 'answered' ? outcome.status : null,
        outcome.kind === 'answered' ? null : outcome.error,
        nextTryAt,
        deliveredAt,
      ]);
    });
  }

  private settlementOf({ attempts, attemptsBefore }: ClaimedDelivery, outcome: SendOutcome, now: Date): Settlement {
    if (isDelivered(outcome)) return { state: 'delivered', nextTryAt: null, deliveredAt: now };
    const pause = wasStopped(outcome) ? 0 : pauseAfter(attempts - attemptsBefore, Math.random());
    if (pause === null || isGone(outcome)) return { state: 'failed', nextTryAt: null, deliveredAt: null };
    return { state: 'pending', nextTryAt: new Date(now.getTime() + pause), deliveredAt: null };
  }

  private async noteFailure(tx: Tx, delivery: ClaimedDelivery, outcome: SendOutcome, now: Date): Promise<void> {
    await tx.query(NOTE_FAILURE, [delivery.accountId, delivery.endpointId, now]);
    if (isGone(outcome)) await this.disable(tx, delivery, outcome, 'endpoint_gone', null, now);
    else await this.disable(tx, delivery, outcome, 'endpoint_failing', new Date(now.getTime() - GIVE_UP_MS), now);
  }

  private async disable(
    tx: Tx,
    { accountId, endpointId }: ClaimedDelivery,
    outcome: SendOutcome,
    reason: DisabledReason,
    failingSince: Date | null,
    now: Date,
  ): Promise<void> {
    const values = [accountId, endpointId, reason, failingSince, now];
    const [disabled] = await tx.query<{ url: string }>(DISABLE_ENDPOINT, values);
    if (!disabled) return;
    const { host } = new URL(disabled.url);
    const detail = `${host}: ${outcome.kind === 'answered' ? `HTTP ${outcome.status}` : outcome.error}`;
    await writeOutbox(tx, [{ accountId, topic: 'webhooks.disabled', payload: { endpointId, reason, detail } }], now);
    const subject = `webhook_endpoint:${endpointId}`;
    const action = 'webhook_endpoint.disabled';
    await this.audit.record(tx, { accountId, actor: SYSTEM_ACTOR, action, subject, details: { host, reason } });
  }
}

const isDelivered = (outcome: SendOutcome): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
const isGone = (outcome: SendOutcome): boolean => outcome.kind === 'answered' && outcome.status === GONE;
const wasStopped = (outcome: SendOutcome): boolean => outcome.kind === 'unanswered' && outcome.error === STOPPED;

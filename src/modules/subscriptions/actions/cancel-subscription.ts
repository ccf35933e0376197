import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, type Actor } from '../../accounts/index.js';
import type { Subscription } from '../domain/subscription.js';
import { cancelAtEnd, findSubscription, finish, lockRunning } from '../persistence/subscriptions.js';
import { subscriptionNotFound, subscriptionOver } from '../subscriptions.errors.js';

/**
 * Ends a subscription with what is paid for; one that waits for funds at once. Asking again changes nothing. Refuses what is over:
 * conflict `subscription_over`.
 */
@Injectable()
export class CancelSubscription {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AccountAudit,
  ) {}

  run(accountId: string, id: string, actor: Actor): Promise<Subscription> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const subscription = await lockRunning(tx, { accountId, id });
      if (!subscription) {
        const over = await findSubscription(tx, { accountId, id });
        throw over ? subscriptionOver() : subscriptionNotFound();
      }
      if (subscription.cancelAtPeriodEnd) return subscription;
      const atOnce = subscription.status === 'waiting_funds';
      const cancelled = atOnce
        ? await finish(tx, subscription, { status: 'cancelled', at: now }, now)
        : await cancelAtEnd(tx, subscription, now);
      const details = { endsAt: (atOnce ? now : subscription.periodEnd).toISOString() };
      const event = { accountId, actor, action: 'subscription.cancelled', subject: `subscription:${id}`, details };
      await this.audit.record(tx, event);
      return cancelled;
    });
  }
}

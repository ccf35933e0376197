import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit } from '../../accounts/index.js';
import { LedgerService, shortfall } from '../../wallets/index.js';
import type { Service } from '../domain/service.js';
import { type Period, type Subscription, whatIsDue } from '../domain/subscription.js';
import { findService, priceAt } from '../persistence/services.js';
import {
  advance,
  type DueKey,
  finish,
  listDue,
  listWaiting,
  lockRunning,
  waitForFunds,
} from '../persistence/subscriptions.js';
import { ChargePeriod } from './charge-period.js';

const DAY_MS = 86_400_000;
const PAGE = 100;
/** Bound of one call: as many months were never missed. */
const MAX_PERIODS = 240;
/** How soon one that waits for funds is looked at again, where nobody told that there are some. */
const RETRY_MS = 10 * 60_000;

type Outcome = 'nothing' | 'renewed' | 'waiting' | 'ended';

/**
 * Charges what is due, or ends it. Each period is a transaction of its own, under the lock of its subscription: whoever comes second
 * finds that nothing is due any more, so that replicas, restarts and hints charge once. After an outage every period that was
 * missed is charged, oldest first, at the price of its own beginning.
 *
 * Lock order: subscription, wallet.
 */
@Injectable()
export class RenewSubscriptions implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('subscriptions');
  private readonly hinted = new Map<string, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ledger: LedgerService,
    private readonly audit: AccountAudit,
    private readonly chargePeriod: ChargePeriod,
  ) {}

  onModuleInit(): void {
    this.ledger.onFunds((accountId) => this.hint(accountId));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.hinted.values());
  }

  /** Everybody's. One that fails is told of, holds up nobody, and is tried again next time. */
  async sweep(): Promise<{ renewed: number; waiting: number; ended: number; failed: number }> {
    const counts = { renewed: 0, waiting: 0, ended: 0, failed: 0 };
    const now = this.clock.now();
    let after: DueKey | null = null;
    for (;;) {
      const due: DueKey[] = await listDue(this.database, now, after, PAGE);
      for (const key of due) {
        try {
          for (const outcome of await this.settle(key)) if (outcome !== 'nothing') counts[outcome]++;
        } catch (error) {
          counts.failed++;
          this.logger.error({ accountId: key.accountId, subscription: key.id, err: error, msg: 'was not renewed' });
        }
      }
      if (due.length < PAGE) return counts;
      after = due.at(-1)!;
    }
  }

  /** Those of one account that wait for funds. */
  async resume(accountId: string): Promise<void> {
    for (const key of await listWaiting(this.database, accountId)) await this.settle(key);
  }

  /** All that is due of one subscription. */
  private async settle(key: Pick<Subscription, 'accountId' | 'id'>): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    do {
      outcomes.push(await this.database.transaction((tx) => this.step(tx, key)));
    } while (outcomes.at(-1) === 'renewed' && outcomes.length < MAX_PERIODS);
    return outcomes;
  }

  private async step(tx: Tx, key: Pick<Subscription, 'accountId' | 'id'>): Promise<Outcome> {
    const now = this.clock.now();
    const subscription = await lockRunning(tx, key);
    if (!subscription) return 'nothing';
    const due = whatIsDue(subscription, now);
    if (due.do === 'nothing') return 'nothing';
    if (due.do === 'end') return this.end(tx, subscription, due, now);
    return this.charge(tx, subscription, due.period, now);
  }

  private async charge(tx: Tx, subscription: Subscription, period: Period, now: Date): Promise<Outcome> {
    const { accountId, serviceId, currency } = subscription;
    const service = await findService(tx, serviceId);
    const priceMicros = await priceAt(tx, serviceId, currency, period.startsAt);
    if (!service || priceMicros === null) throw new Error(`service ${serviceId} has lost its price`);
    const wallet = await this.ledger.ensureWallet(tx, accountId, currency, now);
    if (priceMicros > 0n && shortfall(wallet, priceMicros) > 0n) return this.wait(tx, subscription, service, now);
    await this.chargePeriod.run(tx, subscription, service.code, period, priceMicros, now);
    await advance(tx, subscription, period, priceMicros, now);
    return 'renewed';
  }

  /** Grace is counted from here, not from the due date: an outage of ours is not the customer's delay. */
  private async wait(tx: Tx, subscription: Subscription, { code, graceDays }: Service, now: Date): Promise<Outcome> {
    const graceUntil = subscription.graceUntil ?? new Date(now.getTime() + graceDays * DAY_MS);
    if (graceUntil <= now) return this.end(tx, subscription, { status: 'ended', at: now }, now);
    const nextAt = new Date(Math.min(graceUntil.getTime(), now.getTime() + RETRY_MS));
    await waitForFunds(tx, subscription, { graceUntil, nextAt }, now);
    if (subscription.status === 'active')
      await this.record(tx, subscription, 'waiting_funds', { service: code, graceUntil: graceUntil.toISOString() });
    return 'waiting';
  }

  private async end(
    tx: Tx,
    subscription: Subscription,
    { status, at }: { status: 'cancelled' | 'ended'; at: Date },
    now: Date,
  ): Promise<Outcome> {
    await finish(tx, subscription, { status, at }, now);
    await this.record(tx, subscription, 'ended', { status, at: at.toISOString() });
    return 'ended';
  }

  private record(tx: Tx, { accountId, id }: Subscription, what: string, details: Record<string, unknown>) {
    const event = { accountId, actor: SYSTEM_ACTOR, action: `subscription.${what}`, subject: `subscription:${id}` };
    return this.audit.record(tx, { ...event, details });
  }

  /** One run for an account at a time; a hint that comes meanwhile makes it run once more. */
  private hint(accountId: string): void {
    if (this.stopping) return;
    const run = this.follow(accountId, this.hinted.get(accountId));
    this.hinted.set(accountId, run);
    void run.finally(() => this.hinted.get(accountId) === run && this.hinted.delete(accountId));
  }

  private async follow(accountId: string, before: Promise<void> | undefined): Promise<void> {
    await before;
    try {
      await this.resume(accountId);
    } catch (error) {
      this.logger.warn({ accountId, err: error, msg: 'the schedule will look again' });
    }
  }
}

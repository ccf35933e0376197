import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { formatMicros } from '../../../kernel/money.js';
import { AccountAudit, type AccountSnapshot, AccountsService, type Actor } from '../../accounts/index.js';
import { anchorAt, monthlyPeriodEnd, oneOffEnd } from '../domain/periods.js';
import { type Buyer, saleRefusal, type Service, type SoldKind } from '../domain/service.js';
import type { Period, Subscription } from '../domain/subscription.js';
import { findServiceByCode, priceAt } from '../persistence/services.js';
import { hasRunning, insertSubscription, type NewSubscription } from '../persistence/subscriptions.js';
import {
  alreadySubscribed,
  badField,
  baseServiceMissing,
  notSold,
  serviceWithoutPrice,
} from '../subscriptions.errors.js';
import { ChargePeriod } from './charge-period.js';

export interface Purchase {
  accountId: string;
  serviceCode: string;
  buyer: Buyer;
  actor: Actor;
}

export interface SubscribedService {
  subscription: Subscription;
  service: Service;
}

/**
 * Buys a service: the subscription, its first period and what it costs, in the caller's transaction. Refuses by field what is not in the
 * catalogue, by code what is not sold to this account, and `insufficient_funds` with the shortfall; then nothing is bought.
 */
@Injectable()
export class BuyService {
  constructor(
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly chargePeriod: ChargePeriod,
  ) {}

  async run(tx: Tx, { accountId, serviceCode, buyer, actor }: Purchase): Promise<SubscribedService> {
    const now = this.clock.now();
    const account = await this.accounts.get(accountId);
    const service = await findServiceByCode(tx, serviceCode);
    if (!service) throw badField('/service', 'service_not_found');
    const refusal = saleRefusal(service, account.country, buyer);
    if (refusal) throw notSold(refusal);
    await assertBase(tx, accountId, service, now);
    const priceMicros = await priceAt(tx, service.id, account.currency, now);
    if (priceMicros === null) throw serviceWithoutPrice(account.currency);

    const period = firstPeriod(service, account, now);
    const row = toRow(account, service, buyer, { priceMicros, now });
    const subscription = await insertSubscription(tx, row, period);
    if (!subscription) throw alreadySubscribed();
    await this.chargePeriod.run(tx, subscription, service.code, period, priceMicros, now);
    await this.audit.record(tx, {
      accountId,
      actor,
      action: 'subscription.bought',
      subject: `subscription:${subscription.id}`,
      details: { service: service.code, price: formatMicros(priceMicros), currency: account.currency },
    });
    return { subscription, service };
  }
}

/** What is paid by the message everybody has; anything else has to run. */
async function assertBase(tx: Tx, accountId: string, { onTopOf }: Service, now: Date): Promise<void> {
  if (onTopOf === null) return;
  const base = await findServiceByCode(tx, onTopOf);
  if (base?.kind === 'messaging') return;
  if (!base || !(await hasRunning(tx, accountId, base.id, now))) throw baseServiceMissing(onTopOf);
}

function firstPeriod({ validDays }: Service, { timeZone }: AccountSnapshot, now: Date): Period {
  const anchor = anchorAt(now, timeZone);
  return {
    no: 1,
    startsAt: now,
    endsAt: validDays === null ? monthlyPeriodEnd(anchor, 1) : oneOffEnd(anchor, validDays),
  };
}

function toRow(
  { id: accountId, currency, timeZone }: AccountSnapshot,
  { id: serviceId, kind }: Service,
  boughtBy: Buyer,
  { priceMicros, now }: { priceMicros: bigint; now: Date },
): NewSubscription {
  const anchorDay = anchorAt(now, timeZone).day;
  // Messaging is never sold: a refusal came before.
  const sold = kind as SoldKind;
  return { accountId, id: newId(now), serviceId, kind: sold, boughtBy, timeZone, anchorDay, currency, priceMicros };
}

import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import type { Micros } from '../../../kernel/money.js';
import { LedgerService } from '../../wallets/index.js';
import type { Period, Subscription } from '../domain/subscription.js';
import { insertPeriod } from '../persistence/subscriptions.js';

/** Takes the price of one period from the wallet and writes down what it paid for. */
@Injectable()
export class ChargePeriod {
  constructor(private readonly ledger: LedgerService) {}

  /**
   * In the caller's transaction, which has inserted or locked the subscription. Refuses `insufficient_funds`, and a period that was charged
   * before, whichever way it was asked for: its row is unique, and so is the key of its entry.
   */
  async run(
    tx: Tx,
    subscription: Pick<Subscription, 'accountId' | 'id' | 'currency'>,
    serviceCode: string,
    period: Period,
    priceMicros: Micros,
    now: Date,
  ): Promise<void> {
    const entryId = priceMicros > 0n ? await this.pay(tx, subscription, serviceCode, period, priceMicros, now) : null;
    await insertPeriod(tx, subscription, period, { priceMicros, entryId }, now);
  }

  private async pay(
    tx: Tx,
    { accountId, id, currency }: Pick<Subscription, 'accountId' | 'id' | 'currency'>,
    service: string,
    { no, startsAt, endsAt }: Period,
    micros: Micros,
    now: Date,
  ): Promise<string> {
    const period = { number: no, from: startsAt.toISOString(), to: endsAt.toISOString() };
    const { entryId } = await this.ledger.purchase(
      tx,
      {
        accountId,
        currency,
        micros,
        idempotencyKey: `subscription:${id}:${no}`,
        subject: { kind: 'subscription', id },
        details: { service, period },
      },
      now,
    );
    return entryId;
  }
}

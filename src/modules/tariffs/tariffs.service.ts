import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import type { Currency } from '../../kernel/money.js';
import { AccountFeatures, AccountOpenings } from '../accounts/index.js';
import { ensureDefaultTariffs } from './actions/ensure-default-tariffs.js';
import { createPriceBook, type PriceBook } from './domain/price-book.js';
import type { PriceList, Tariff, Traffic } from './domain/price-list.js';
import { type Assignment, PriceCache } from './persistence/price-cache.js';

/** A tariff that an account has, with the instants between which it does. */
export interface TariffInForce {
  tariff: Tariff;
  validFrom: Date;
  validUntil: Date | null;
}

/** The door to sale prices. */
@Injectable()
export class TariffsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly prices: PriceCache,
    private readonly openings: AccountOpenings,
    private readonly features: AccountFeatures,
    private readonly clock: Clock,
  ) {}

  /** Default tariffs stand before the first account opens, the platform's own included. */
  async onModuleInit(): Promise<void> {
    await ensureDefaultTariffs(this.database, this.clock.now());
    this.openings.subscribe((tx, account, now) => this.assignDefault(tx, account.id, account.currency, now));
    this.features.subscribe(async (accountId, now) => (await this.priceList(accountId, now))?.tariff.features ?? []);
  }

  /** Prices of some accounts as they are at `now`, from what this process read in the last seconds. */
  async priceBook(accountIds: readonly string[], now: Date): Promise<PriceBook> {
    const tariffOf = await this.tariffsOf(accountIds, now);
    return createPriceBook(tariffOf, now);
  }

  /** Has prices read anew, unless that was done a moment ago; answers whether it has. */
  lookAgain(): boolean {
    return this.prices.lookAgain();
  }

  /** The price list that an account has at `now`, or null. */
  async priceList(accountId: string, now: Date, traffic: Traffic = 'platform'): Promise<PriceList | null> {
    return (await this.tariffsOf([accountId], now))(accountId, traffic) ?? null;
  }

  /** The tariff by which an account's messages are priced at `now`, from when it is, and until when as far as that is planned; or null. */
  async inForce(accountId: string, now: Date): Promise<TariffInForce | null> {
    const [lists, assignments] = await Promise.all([this.prices.priceLists(), this.prices.assignments([accountId])]);
    const dated = (assignments.get(accountId) ?? []).filter(({ traffic }) => traffic === 'platform');
    const at = dated.findIndex(({ validFrom }) => validFrom <= now);
    const tariff = lists.get(dated[at]?.tariffId ?? '')?.tariff;
    return tariff ? { tariff, validFrom: dated[at]!.validFrom, validUntil: dated[at - 1]?.validFrom ?? null } : null;
  }

  /** Gives an account the default tariff of a currency from `now` on. Nothing happens where there is none (credits). */
  async assignDefault(tx: Tx, accountId: string, currency: Currency, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO account_tariffs (account_id, valid_from, tariff_id)
       SELECT $1, $3, id FROM tariffs WHERE currency = $2 AND is_default AND traffic = 'platform'
       ON CONFLICT ON CONSTRAINT account_tariffs_pk DO UPDATE SET tariff_id = EXCLUDED.tariff_id`,
      [accountId, currency, now],
    );
    tx.afterCommit(() => this.prices.invalidate(accountId));
  }

  private async tariffsOf(
    accountIds: readonly string[],
    now: Date,
  ): Promise<(accountId: string, traffic: Traffic) => PriceList | undefined> {
    const [lists, assignments] = await Promise.all([this.prices.priceLists(), this.prices.assignments(accountIds)]);
    const assigned = (accountId: string, traffic: Traffic) =>
      lists.get(currentOf(assignments.get(accountId) ?? [], traffic, now)?.tariffId ?? '');
    return (accountId, traffic) => {
      const list = assigned(accountId, traffic);
      // Who was given no fee has the default one, in the currency of the account's other tariff.
      return list || traffic === 'platform' ? list : defaultOf(lists, assigned(accountId, 'platform'), traffic);
    };
  }
}

/** Newest first. */
function currentOf(dated: readonly Assignment[], traffic: Traffic, now: Date): Assignment | undefined {
  return dated.find((one) => one.traffic === traffic && one.validFrom <= now);
}

function defaultOf(
  lists: ReadonlyMap<string, PriceList>,
  other: PriceList | undefined,
  traffic: Traffic,
): PriceList | undefined {
  const isIt = ({ tariff }: PriceList) =>
    tariff.isDefault && tariff.traffic === traffic && tariff.currency === other?.tariff.currency;
  return [...lists.values()].find(isIt);
}

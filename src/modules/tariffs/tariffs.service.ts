import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import type { Currency } from '../../kernel/money.js';
import { AccountOpenings } from '../accounts/index.js';
import { ensureDefaultTariffs } from './actions/ensure-default-tariffs.js';
import { createPriceBook, type PriceBook } from './domain/price-book.js';
import type { PriceList } from './domain/price-list.js';
import { PriceCache } from './persistence/price-cache.js';

/** The door to sale prices. */
@Injectable()
export class TariffsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly prices: PriceCache,
    private readonly openings: AccountOpenings,
    private readonly clock: Clock,
  ) {}

  /** Default tariffs stand before the first account opens, the platform's own included. */
  async onModuleInit(): Promise<void> {
    await ensureDefaultTariffs(this.database, this.clock.now());
    this.openings.subscribe((tx, account, now) => this.assignDefault(tx, account.id, account.currency, now));
  }

  /** Prices of some accounts as they are at `now`, from what this process read in the last seconds. */
  async priceBook(accountIds: readonly string[], now: Date): Promise<PriceBook> {
    const lists = await this.priceLists(accountIds, now);
    return createPriceBook((accountId) => lists.get(accountId), now);
  }

  /** The price list that an account has at `now`, or null. */
  async priceList(accountId: string, now: Date): Promise<PriceList | null> {
    return (await this.priceLists([accountId], now)).get(accountId) ?? null;
  }

  /** Gives an account the default tariff of a currency from `now` on. Nothing happens where there is none (credits). */
  async assignDefault(tx: Tx, accountId: string, currency: Currency, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO account_tariffs (account_id, valid_from, tariff_id)
       SELECT $1, $3, id FROM tariffs WHERE currency = $2 AND is_default
       ON CONFLICT (account_id, valid_from) DO UPDATE SET tariff_id = EXCLUDED.tariff_id`,
      [accountId, currency, now],
    );
    tx.afterCommit(() => this.prices.invalidate(accountId));
  }

  private async priceLists(accountIds: readonly string[], now: Date): Promise<Map<string, PriceList>> {
    const [lists, assignments] = await Promise.all([this.prices.priceLists(), this.prices.assignments(accountIds)]);
    const found = new Map<string, PriceList>();
    for (const [accountId, dated] of assignments) {
      const current = dated.find(({ validFrom }) => validFrom <= now);
      const list = current && lists.get(current.tariffId);
      if (list) found.set(accountId, list);
    }
    return found;
  }
}

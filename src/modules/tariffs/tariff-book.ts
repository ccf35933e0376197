import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import type { Page } from '../../database/page.js';
import { type Actor, versionMismatch } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { parseMicros } from '../../kernel/money.js';
import { parseInstant } from '../../kernel/time-window.js';
import { AccountAudit, AccountsService } from '../accounts/index.js';
import type { Tariff, TariffPrice } from './domain/price-list.js';
import type { AssignTariffDto, CreateTariffDto, PriceInput, UpdateTariffDto } from './dto/tariff.dto.js';
import { PriceCache } from './persistence/price-cache.js';
import {
  type AccountTariff,
  assignTariff,
  changeTariff,
  findTariff,
  insertTariff,
  listAccountTariffs,
  listPrices,
  listTariffs,
  makeDefault,
  upsertPrices,
} from './persistence/tariffs.repository.js';
import { badField, tariffCodeTaken, tariffNotFound } from './tariffs.errors.js';

interface PageRequest {
  limit: number;
  cursor?: string;
}

/** What the operator's staff does with tariffs. Every change is in an audit trail: the account's, or the platform's own. */
@Injectable()
export class TariffBook {
  constructor(
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly prices: PriceCache,
  ) {}

  list(page: PageRequest): Promise<Page<Tariff>> {
    return listTariffs(this.database, page);
  }

  async get(id: string): Promise<Tariff> {
    const tariff = await findTariff(this.database, id);
    if (!tariff) throw tariffNotFound();
    return tariff;
  }

  async listPrices(id: string, page: PageRequest): Promise<{ tariff: Tariff; page: Page<TariffPrice> }> {
    const tariff = await this.get(id);
    return { tariff, page: await listPrices(this.database, id, page) };
  }

  /** Refuses a code that is taken: conflict `tariff_code_taken`. */
  create(actor: Actor, { prices = [], ...input }: CreateTariffDto): Promise<Tariff> {
    if (input.refundUndelivered && input.chargeOn !== 'submit')
      throw badField('/refundUndelivered', 'refund_needs_submit');
    return this.change(actor, 'tariff.created', async (tx, now) => {
      const dated = datePrices(prices, now);
      const tariff = await insertTariff(tx, input, now);
      if (!tariff) throw tariffCodeTaken();
      await upsertPrices(tx, tariff.id, dated);
      return { tariff, details: { ...input, prices: prices.length } };
    });
  }

  /** Refuses when somebody edited it meanwhile: `version_mismatch`. */
  update(actor: Actor, id: string, version: number, { name, features, isDefault }: UpdateTariffDto): Promise<Tariff> {
    return this.change(actor, 'tariff.updated', async (tx) => {
      let tariff = await findTariff(tx, id);
      if (!tariff) throw tariffNotFound();
      if (tariff.version !== version) throw versionMismatch();
      if (name !== undefined || features !== undefined) tariff = await changeTariff(tx, tariff, { name, features });
      if (tariff && isDefault) tariff = await makeDefault(tx, id, tariff.version);
      if (!tariff) throw versionMismatch();
      return { tariff, details: { name, features, isDefault } };
    });
  }

  /** Prices from now on or later; refuses the past, which messages were priced by: `valid_from_past`. */
  addPrices(actor: Actor, id: string, prices: readonly PriceInput[]): Promise<Tariff> {
    return this.change(actor, 'tariff.prices_added', async (tx, now) => {
      const tariff = await findTariff(tx, id);
      if (!tariff) throw tariffNotFound();
      await upsertPrices(tx, id, datePrices(prices, now));
      return { tariff, details: { prices } };
    });
  }

  async listOfAccount(accountId: string): Promise<AccountTariff[]> {
    await this.accounts.get(accountId);
    return listAccountTariffs(this.database, accountId);
  }

  /**
   * From now on or later the account's messages, of the tariff's kind of traffic, are priced by another tariff, in the account's own currency: its wallet could not pay
   * another (`tariff_other_currency`).
   */
  async assign(actor: Actor, accountId: string, { tariffId, validFrom }: AssignTariffDto): Promise<AccountTariff[]> {
    const { currency } = await this.accounts.get(accountId);
    const from = notPast(validFrom, this.clock.now(), '/validFrom');
    await this.database.transaction(async (tx) => {
      const tariff = await findTariff(tx, tariffId);
      if (!tariff) throw badField('/tariffId', 'tariff_not_found');
      if (tariff.currency !== currency)
        throw badField('/tariffId', 'tariff_other_currency', { tariff: tariff.currency, account: currency });
      await assignTariff(tx, accountId, tariff, from);
      const details = { code: tariff.code, traffic: tariff.traffic, validFrom: from.toISOString() };
      await this.audit.record(tx, {
        accountId,
        actor,
        action: 'tariff.assigned',
        subject: `tariff:${tariffId}`,
        details,
      });
      tx.afterCommit(() => this.prices.invalidate(accountId));
    });
    return listAccountTariffs(this.database, accountId);
  }

  private async change(
    actor: Actor,
    action: string,
    work: (tx: Tx, now: Date) => Promise<{ tariff: Tariff; details: Record<string, unknown> }>,
  ): Promise<Tariff> {
    const accountId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const { tariff, details } = await work(tx, this.clock.now());
      await this.audit.record(tx, { accountId, actor, action, subject: `tariff:${tariff.id}`, details });
      tx.afterCommit(() => this.prices.invalidate());
      return tariff;
    });
  }
}

function datePrices(prices: readonly PriceInput[], now: Date): TariffPrice[] {
  const dated = prices.map(({ prefix, amount, validFrom }, index) => ({
    prefix,
    priceMicros: parseMicros(amount),
    validFrom: notPast(validFrom, now, `/prices/${index}/validFrom`),
  }));
  const keys = new Set<string>();
  dated.forEach(({ prefix, validFrom }, index) => {
    const key = `${prefix} ${validFrom.getTime()}`;
    if (keys.has(key)) throw badField(`/prices/${index}/prefix`, 'duplicate_prefix');
    keys.add(key);
  });
  return dated;
}

function notPast(validFrom: string | undefined, now: Date, pointer: string): Date {
  if (validFrom === undefined) return now;
  const instant = parseInstant(validFrom);
  if (instant < now) throw badField(pointer, 'valid_from_past');
  return instant;
}

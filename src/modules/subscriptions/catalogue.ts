import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import type { Page } from '../../database/page.js';
import { type Actor, versionMismatch } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { parseMicros } from '../../kernel/money.js';
import { parseInstant } from '../../kernel/zoned-time.js';
import { AccountAudit, AccountsService } from '../accounts/index.js';
import type { Service, ServicePrice } from './domain/service.js';
import type { CreateServiceDto, ServicePriceInput, UpdateServiceDto } from './dto/service.dto.js';
import {
  findService,
  findServiceByCode,
  insertService,
  listServicePrices,
  listServices,
  type PageRequest,
  updateService,
  upsertServicePrices,
} from './persistence/services.js';
import { badField, serviceCodeTaken, serviceNotFound } from './subscriptions.errors.js';

/** What the operator's staff does with the catalogue. Every change is in the platform's own audit trail. */
@Injectable()
export class Catalogue {
  constructor(
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  list(page: PageRequest): Promise<Page<Service>> {
    return listServices(this.database, page);
  }

  async get(id: string): Promise<Service> {
    const service = await findService(this.database, id);
    if (!service) throw serviceNotFound();
    return service;
  }

  async listPrices(id: string, page: PageRequest): Promise<Page<ServicePrice>> {
    await this.get(id);
    return listServicePrices(this.database, id, page);
  }

  /** Refuses a code that is taken: conflict `service_code_taken`. */
  create(actor: Actor, { prices = [], ...input }: CreateServiceDto): Promise<Service> {
    const validDays = input.validDays ?? null;
    if ((input.kind === 'one_off') !== (validDays !== null)) throw badField('/validDays', 'one_off_needs_days');
    return this.change(actor, 'service.created', async (tx, now) => {
      const dated = datePrices(prices, now);
      const onTopOf = input.onTopOf ?? null;
      if (onTopOf !== null && !(await findServiceByCode(tx, onTopOf))) throw badField('/onTopOf', 'service_not_found');
      const service = await insertService(tx, { ...withDefaults(input), validDays, onTopOf }, now);
      if (!service) throw serviceCodeTaken();
      await upsertServicePrices(tx, service.id, dated);
      return { service, details: { ...input, prices } };
    });
  }

  /** Refuses when somebody edited it meanwhile: `version_mismatch`. Whoever has the service keeps it, as it is from now on. */
  update(actor: Actor, id: string, version: number, change: UpdateServiceDto): Promise<Service> {
    return this.change(actor, 'service.changed', async (tx, now) => {
      const before = await findService(tx, id);
      if (!before) throw serviceNotFound();
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after = { ...before, ...given };
      if ((before.kind === 'one_off') !== (after.validDays !== null))
        throw badField('/validDays', 'one_off_needs_days');
      const service = await updateService(tx, { id, version }, after, now);
      if (!service) throw versionMismatch();
      return { service, details: given };
    });
  }

  /** Prices from now on or later; refuses the past, at which periods were charged: `price_from_past`. */
  addPrices(actor: Actor, id: string, prices: readonly ServicePriceInput[]): Promise<Service> {
    return this.change(actor, 'service.prices_added', async (tx, now) => {
      const service = await findService(tx, id);
      if (!service) throw serviceNotFound();
      await upsertServicePrices(tx, id, datePrices(prices, now));
      return { service, details: { prices } };
    });
  }

  private async change(
    actor: Actor,
    action: string,
    work: (tx: Tx, now: Date) => Promise<{ service: Service; details: Record<string, unknown> }>,
  ): Promise<Service> {
    const accountId = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const { service, details } = await work(tx, this.clock.now());
      await this.audit.record(tx, { accountId, actor, action, subject: `service:${service.id}`, details });
      return service;
    });
  }
}

function withDefaults(
  input: Omit<CreateServiceDto, 'prices'>,
): Omit<Service, 'id' | 'version' | 'validDays' | 'onTopOf'> {
  const { code, kind, names, soldIn = null, selfServiceIn = null } = input;
  const { features = [], graceDays = 0, onSale = true } = input;
  return { code, kind, names: { ...names }, soldIn, selfServiceIn, features, graceDays, onSale };
}

function datePrices(prices: readonly ServicePriceInput[], now: Date): ServicePrice[] {
  const dated = prices.map(({ price, validFrom }, index) => {
    const from = validFrom === undefined ? now : parseInstant(validFrom);
    if (from < now) throw badField(`/prices/${index}/validFrom`, 'price_from_past');
    return { currency: price.currency, priceMicros: parseMicros(price.amount), validFrom: from };
  });
  const keys = new Set<string>();
  dated.forEach(({ currency, validFrom }, index) => {
    const key = `${currency} ${validFrom.getTime()}`;
    if (keys.has(key)) throw badField(`/prices/${index}/price`, 'duplicate_price');
    keys.add(key);
  });
  return dated;
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { cursorId, cursorNumber, decodeCursor, type Page, toPage } from '../../database/page.js';
import { MoneyDto } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import type { Locale } from '../../kernel/locale.js';
import { type TariffInForce, TariffsService } from '../tariffs/index.js';
import { LedgerService, type WalletView } from '../wallets/index.js';
import type { Service } from './domain/service.js';
import { type Subscription, SUBSCRIPTION_STATUSES } from './domain/subscription.js';
import { type ListServicesQuery, ServiceInUseResponse, ServiceName } from './dto/subscription.dto.js';
import { findServices } from './persistence/services.js';
import { listByStatus, type RankedKey } from './persistence/subscriptions.js';

/**
 * What an account uses: messaging, one line for each wallet, and its subscriptions, those that are over included. A few wallets are
 * merged into a page of subscriptions; both are sorted by status and then by id, the newest first.
 */
@Injectable()
export class ServicesInUse {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly ledger: LedgerService,
    private readonly tariffs: TariffsService,
  ) {}

  async list(accountId: string, locale: Locale, query: ListServicesQuery): Promise<Page<ServiceInUseResponse>> {
    const descending = query.sort === '-status';
    const after = toKey(decodeCursor(query.cursor, cursorNumber, cursorId));
    const [wallets, tariff, subscriptions] = await Promise.all([
      this.ledger.wallets(accountId),
      this.tariffs.inForce(accountId, this.clock.now()),
      listByStatus(this.database, accountId, { after, descending, limit: query.limit + 1 }),
    ]);
    const services = await this.servicesOf(subscriptions, wallets);
    const messaging = wallets
      .map((wallet) => ofWallet(wallet, services.get(wallet.service), tariff, locale))
      .filter((row) => !after || compare(keyOf(row), after, descending) > 0);
    const bought = subscriptions.map((subscription) =>
      ServiceInUseResponse.ofSubscription(
        subscription,
        services.get(subscription.serviceId)!,
        locale,
        wallets.find(({ currency }) => currency === subscription.currency),
      ),
    );
    const rows = [...messaging, ...bought].toSorted((a, b) => compare(keyOf(a), keyOf(b), descending));
    return toPage(
      rows,
      query.limit,
      (row) => [String(keyOf(row).rank), row.id],
      (row) => row,
    );
  }

  /** By id, and by code. */
  private async servicesOf(subscriptions: Subscription[], wallets: WalletView[]): Promise<Map<string, Service>> {
    const ids = subscriptions.map(({ serviceId }) => serviceId);
    const found = await findServices(this.database, [...new Set(ids)], [...new Set(wallets.map((one) => one.service))]);
    return new Map(found.flatMap((service) => [[service.id, service] as const, [service.code, service] as const]));
  }
}

const toKey = (decoded: readonly [number, string] | null): RankedKey | null =>
  decoded && { rank: decoded[0], id: decoded[1] };

const keyOf = ({ status, id }: ServiceInUseResponse): RankedKey => ({
  rank: SUBSCRIPTION_STATUSES.indexOf(status),
  id,
});

function compare(a: RankedKey, b: RankedKey, descending: boolean): number {
  if (a.rank !== b.rank) return descending ? b.rank - a.rank : a.rank - b.rank;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

function ofWallet(
  { id, service: code, currency, availableMicros }: WalletView,
  service: Service | undefined,
  inForce: TariffInForce | null,
  locale: Locale,
): ServiceInUseResponse {
  const priced = inForce?.tariff.currency === currency ? inForce : null;
  return {
    id,
    service: service ? ServiceName.of(service, locale) : { code, name: code, kind: 'messaging' },
    status: 'active',
    tariff: priced && { code: priced.tariff.code, name: priced.tariff.name },
    price: null,
    validFrom: priced?.validFrom.toISOString() ?? null,
    validUntil: priced?.validUntil?.toISOString() ?? null,
    renewsAt: null,
    walletId: id,
    balance: MoneyDto.of(availableMicros, currency),
  };
}

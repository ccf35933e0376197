import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { PriceList, type Tariff, type TariffPrice, type Traffic } from '../domain/price-list.js';
import { LOAD_ASSIGNMENTS } from './sql/load-assignments.js';
import { LOAD_PRICES, LOAD_TARIFFS } from './sql/load-price-lists.js';

/** For how long a process may price from what it read; a change in another process shows after this at the latest. */
const CACHE_MS = 5_000;
/** A price that is missing is looked for again before anybody is blocked for it, though not more often than this. */
const LOOK_AGAIN_MS = 500;
/** Beyond this many accounts the oldest entries are read again when they are needed. */
const MAX_ACCOUNTS = 50_000;

/** A tariff that an account has from an instant on. */
export interface Assignment {
  tariffId: string;
  traffic: Traffic;
  validFrom: Date;
}

interface CachedAssignments {
  /** Newest first. */
  assignments: Assignment[];
  until: number;
}

/** Tariffs, their dated prices and who has which: read rarely, asked for with every batch. */
@Injectable()
export class PriceCache {
  private lists?: { loaded: Promise<Map<string, PriceList>>; until: number };
  private readonly accounts = new Map<string, CachedAssignments>();
  /** Grows with every invalidation: what was read before it is not remembered after it. */
  private generation = 0;
  private lookedAgainAt = -Infinity;

  constructor(private readonly database: Database) {}

  /** All price lists by tariff id. One read for all who ask at once. */
  priceLists(): Promise<Map<string, PriceList>> {
    if (!this.lists || this.lists.until < performance.now()) {
      const loaded = this.load();
      const lists = { loaded, until: performance.now() + CACHE_MS };
      this.lists = lists;
      loaded.catch(() => {
        if (this.lists === lists) this.lists = undefined;
      });
    }
    return this.lists.loaded;
  }

  /** The tariffs of accounts, newest first. One read for those that are not cached. */
  async assignments(accountIds: readonly string[]): Promise<Map<string, Assignment[]>> {
    const time = performance.now();
    const found = new Map<string, Assignment[]>();
    const missing = new Set<string>();
    for (const id of accountIds) {
      const cached = this.accounts.get(id);
      if (cached && cached.until >= time) found.set(id, cached.assignments);
      else missing.add(id);
    }
    if (missing.size > 0) await this.read([...missing], found);
    return found;
  }

  /** Forgets everything unless that was done a moment ago, for whoever misses a price or a tariff; answers whether it has. */
  lookAgain(): boolean {
    const time = performance.now();
    if (time - this.lookedAgainAt < LOOK_AGAIN_MS) return false;
    this.lookedAgainAt = time;
    this.invalidate();
    return true;
  }

  /** Forgets everything, or one account: called after a change is committed. */
  invalidate(accountId?: string): void {
    this.generation += 1;
    if (accountId) {
      this.accounts.delete(accountId);
      return;
    }
    this.lists = undefined;
    this.accounts.clear();
  }

  private async read(accountIds: string[], found: Map<string, Assignment[]>): Promise<void> {
    const { generation } = this;
    for (const id of accountIds) found.set(id, []);
    const rows = await this.database.query<Assignment & { accountId: string }>(LOAD_ASSIGNMENTS, [accountIds]);
    for (const { accountId, ...assignment } of rows) found.get(accountId)!.push(assignment);
    if (generation !== this.generation) return;
    const until = performance.now() + CACHE_MS;
    for (const id of accountIds) this.remember(id, { assignments: found.get(id)!, until });
  }

  private remember(accountId: string, cached: CachedAssignments): void {
    this.accounts.delete(accountId);
    // An account without a tariff is asked for again: it may get one any moment, and its messages would stay blocked.
    if (cached.assignments.length > 0) this.accounts.set(accountId, cached);
    if (this.accounts.size > MAX_ACCOUNTS) this.accounts.delete(this.accounts.keys().next().value!);
  }

  private async load(): Promise<Map<string, PriceList>> {
    const [tariffs, prices] = await Promise.all([
      this.database.query<Tariff>(LOAD_TARIFFS),
      this.database.query<TariffPrice & { tariffId: string }>(LOAD_PRICES),
    ]);
    const byTariff = new Map<string, TariffPrice[]>(tariffs.map(({ id }) => [id, []]));
    for (const { tariffId, ...price } of prices) byTariff.get(tariffId)?.push(price);
    return new Map(tariffs.map((tariff) => [tariff.id, new PriceList(tariff, byTariff.get(tariff.id)!)]));
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { DomainError } from '../../kernel/domain-error.js';
import { NumbersService } from '../numbers/index.js';
import type { ProviderSnapshot } from './provider-snapshot.js';
import { type Route, RouteBook } from './domain/route-book.js';
import { type ProviderRow, toProviderSnapshot } from './persistence/provider-row.js';
import { SELECT_PROVIDERS } from './persistence/sql/select-providers.js';
import { SELECT_ROUTES } from './persistence/sql/select-routes.js';

/** How stale the snapshots may be: a pause or a new route is seen by every process within this time. */
const CACHE_MS = 2_000;

/** A route that is missing is looked for again before anybody is blocked for it, though not more often than this. */
const LOOK_AGAIN_MS = 500;

interface Cached {
  providers: Map<string, ProviderSnapshot>;
  book: RouteBook;
  until: number;
}

/** The door to providers and routes for other modules: cached snapshots, never a lock. */
@Injectable()
export class ProvidersService {
  private cached: Cached | undefined;
  private loading: Promise<Cached> | undefined;

  constructor(
    private readonly database: Database,
    private readonly numbers: NumbersService,
  ) {}

  /** The current route book; ask again for every batch. */
  async routes(_now?: Date): Promise<RouteBook> {
    return (await this.snapshot()).book;
  }

  /** Refuses an unknown id: not_found `provider_not_found`. */
  async get(providerId: string): Promise<ProviderSnapshot> {
    const provider = (await this.snapshot()).providers.get(providerId);
    if (!provider) throw new DomainError('not_found', 'provider_not_found');
    return provider;
  }

  async list(): Promise<ProviderSnapshot[]> {
    return [...(await this.snapshot()).providers.values()];
  }

  /** Call after a change, so that this process sees it at once; other processes follow within seconds. */
  invalidate(): void {
    this.cached = undefined;
    this.loading = undefined;
  }

  /** Has routes and providers read anew, unless that was done a moment ago; answers whether it has. */
  lookAgain(): boolean {
    if (this.cached && this.cached.until - performance.now() > CACHE_MS - LOOK_AGAIN_MS) return false;
    this.invalidate();
    return true;
  }

  private readonly operatorOf = (digits: string): string | null => this.numbers.current.operatorOf(digits);

  private async snapshot(): Promise<Cached> {
    if (this.cached && this.cached.until > performance.now()) return this.cached;
    const loading = (this.loading ??= this.load());
    try {
      const loaded = await loading;
      // An invalidation while we read makes what was read a stranger: it is used once, not kept.
      if (this.loading === loading) this.cached = loaded;
      return loaded;
    } finally {
      if (this.loading === loading) this.loading = undefined;
    }
  }

  private async load(): Promise<Cached> {
    const until = performance.now() + CACHE_MS;
    const [providers, routes] = await Promise.all([
      this.database.query<ProviderRow>(SELECT_PROVIDERS),
      this.database.query<Route>(SELECT_ROUTES),
    ]);
    // Whose numbers are whose is read once somebody routes by it, and followed from then on.
    if (routes.some(({ operatorCode }) => operatorCode)) await this.numbers.book();
    return {
      providers: new Map(providers.map((row) => [row.id, toProviderSnapshot(row)])),
      book: new RouteBook(routes, this.operatorOf),
      until,
    };
  }
}

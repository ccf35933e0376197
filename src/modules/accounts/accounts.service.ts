import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ensurePlatformAccount } from './actions/ensure-platform-account.js';
import { openAccount, type CreateAccount } from './actions/open-account.js';
import { AccountAudit } from './account-audit.js';
import { AccountOpenings } from './account-openings.js';
import type { AccountSnapshot } from './domain/account.js';
import { SNAPSHOT_COLUMNS, toSnapshot, type SnapshotRow } from './persistence/account-row.js';

/** How stale a snapshot may be. A suspension is therefore seen by every process within this time. */
const CACHE_MS = 3_000;
const CACHE_SIZE = 10_000;

const SELECT_SNAPSHOTS = {
  name: 'accounts.select-snapshots',
  text: `SELECT ${SNAPSHOT_COLUMNS} FROM accounts WHERE id = ANY($1::uuid[])`,
};

const SELECT_BY_EXTERNAL_ID = {
  name: 'accounts.select-by-external-id',
  text: `SELECT ${SNAPSHOT_COLUMNS} FROM accounts WHERE portal_id = $1 AND external_id = $2`,
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The door to accounts for other modules. */
@Injectable()
export class AccountsService implements OnApplicationBootstrap {
  private readonly cache = new Map<string, { snapshot: AccountSnapshot; until: number }>();
  private readonly aliases = new Map<string, { id: string; until: number }>();
  private platformId: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly openings: AccountOpenings,
    private readonly audit: AccountAudit,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.platformAccountId();
  }

  /** A snapshot that may be a few seconds old. Refuses an unknown id: not_found `account_not_found`. */
  async get(accountId: string): Promise<AccountSnapshot> {
    const snapshot = (await this.getMany([accountId])).get(accountId);
    if (!snapshot) throw new DomainError('not_found', 'account_not_found');
    return snapshot;
  }

  /** Like {@link get} for many; unknown ids are simply absent. One read for what is not cached. */
  async getMany(accountIds: readonly string[]): Promise<Map<string, AccountSnapshot>> {
    const now = performance.now();
    const found = new Map<string, AccountSnapshot>();
    const wanted = new Set<string>();
    for (const id of accountIds) {
      const cached = this.cache.get(id);
      if (cached && cached.until > now) found.set(id, cached.snapshot);
      else wanted.add(id);
    }
    if (wanted.size === 0) return found;
    const rows = await this.database.query<SnapshotRow>(SELECT_SNAPSHOTS, [[...wanted]]);
    for (const row of rows) {
      const snapshot = toSnapshot(row);
      found.set(row.id, snapshot);
      this.remember(snapshot, now);
    }
    return found;
  }

  /** The account that a portal names by id or by `ext:<its own id>`; null when it is not one of that portal's. */
  async findInPortal(portalId: string, reference: string): Promise<AccountSnapshot | null> {
    if (reference.startsWith('ext:')) return this.findByExternalId(portalId, reference.slice('ext:'.length));
    if (!UUID.test(reference)) return null;
    const id = reference.toLowerCase();
    const snapshot = (await this.getMany([id])).get(id);
    return snapshot?.portalId === portalId ? snapshot : null;
  }

  /** The account that pays for what the platform itself sends. Created when it is not there yet. */
  async platformAccountId(): Promise<string> {
    this.platformId ??= await ensurePlatformAccount(this.database, this.openings, this.audit, this.clock.now());
    return this.platformId;
  }

  /** Opens an account in the caller's transaction, with all that its listeners give it. Refuses a taken external id: conflict `external_id_taken`. */
  create(tx: Tx, input: CreateAccount): Promise<AccountSnapshot> {
    return openAccount(tx, this.openings, this.audit, input, this.clock.now());
  }

  /** Drops a snapshot of this process after its account changed; other processes follow within seconds. */
  forget(accountId: string): void {
    this.cache.delete(accountId);
    for (const [alias, { id }] of this.aliases) if (id === accountId) this.aliases.delete(alias);
  }

  /** Drops all of them. */
  forgetAll(): void {
    this.cache.clear();
    this.aliases.clear();
  }

  private async findByExternalId(portalId: string, externalId: string): Promise<AccountSnapshot | null> {
    const alias = `${portalId} ${externalId}`;
    const now = performance.now();
    const known = this.aliases.get(alias);
    if (known && known.until > now) return (await this.getMany([known.id])).get(known.id) ?? null;
    const [row] = await this.database.query<SnapshotRow>(SELECT_BY_EXTERNAL_ID, [portalId, externalId]);
    if (!row) return null;
    if (this.aliases.size >= CACHE_SIZE) this.aliases.clear();
    this.aliases.set(alias, { id: row.id, until: now + CACHE_MS });
    return toSnapshot(row);
  }

  private remember(snapshot: AccountSnapshot, now: number): void {
    if (this.cache.size >= CACHE_SIZE) this.cache.clear();
    this.cache.set(snapshot.id, { snapshot, until: now + CACHE_MS });
  }
}

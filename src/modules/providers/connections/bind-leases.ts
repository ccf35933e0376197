import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import { ACQUIRE_BINDS, ADD_BINDS, REFENCE_BIND, RELEASE_BIND, RENEW_BINDS } from '../persistence/sql/bind-leases.js';
import { type BindLease, type Link, linkKey } from './link.js';

interface LeaseRow {
  provider_id: string;
  bind_no: number;
  fence: bigint;
}

/** The leases of one worker process in the table, under a holder id of its own. */
@Injectable()
export class BindLeases {
  readonly holder = newId();
  /** For people: which process that is. */
  readonly worker = `${hostname()} ${process.pid}`;
  private readonly added = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /** At most one more bind for each provider. */
  async acquire(providers: { id: string; maxBinds: number }[], leaseMs: number): Promise<BindLease[]> {
    if (providers.length === 0) return [];
    await this.addMissing(providers);
    const rows = await this.database.query<LeaseRow>(ACQUIRE_BINDS, [
      this.holder,
      providers.map(({ id }) => id),
      providers.map(({ maxBinds }) => maxBinds),
      leaseMs,
      this.worker,
    ]);
    return rows.map(toLease);
  }

  /** Heartbeat. Returns the keys of the links that are still ours. */
  async renew(links: readonly Link[], leaseMs: number): Promise<Set<string>> {
    if (links.length === 0) return new Set();
    const shown = links.map((link) => link.shown);
    const rows = await this.database.query<LeaseRow>(RENEW_BINDS, [
      this.holder,
      leaseMs,
      links.map(({ lease }) => lease.providerId),
      links.map(({ lease }) => lease.bindNo),
      links.map(({ lease }) => lease.fence.toString()),
      shown.map(({ state }) => state),
      shown.map(({ since }) => since),
      shown.map(({ lastError }) => lastError),
      shown.map(({ lastErrorAt }) => lastErrorAt),
      shown.map(({ retryAt }) => retryAt),
      shown.map(({ inFlight }) => inFlight),
      shown.map(({ window }) => window),
    ]);
    return new Set(rows.map((row) => linkKey(toLease(row))));
  }

  /** The same bind for a new session; null when it is no longer ours. */
  async refence({ providerId, bindNo, fence }: BindLease): Promise<BindLease | null> {
    const [row] = await this.database.query<Pick<LeaseRow, 'fence'>>(REFENCE_BIND, [
      this.holder,
      providerId,
      bindNo,
      fence.toString(),
    ]);
    return row ? { providerId, bindNo, fence: row.fence } : null;
  }

  async release({ providerId, bindNo, fence }: BindLease, lastError: string | null): Promise<void> {
    await this.database.query(RELEASE_BIND, [this.holder, providerId, bindNo, fence.toString(), lastError]);
  }

  private async addMissing(providers: { id: string; maxBinds: number }[]): Promise<void> {
    const missing = providers.filter(({ id, maxBinds }) => (this.added.get(id) ?? 0) < maxBinds);
    if (missing.length === 0) return;
    await this.database.query(ADD_BINDS, [missing.map(({ id }) => id), missing.map(({ maxBinds }) => maxBinds)]);
    for (const { id, maxBinds } of missing) this.added.set(id, maxBinds);
  }
}

const toLease = ({ provider_id, bind_no, fence }: LeaseRow): BindLease => ({
  providerId: provider_id,
  bindNo: bind_no,
  fence,
});

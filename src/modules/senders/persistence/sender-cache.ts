import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { ANY_COUNTRY, type ApprovedNames } from '../domain/sender-book.js';

/** For how long a process may go by what it read; what another one revokes shows after this at the latest. */
const CACHE_MS = 5_000;
/** A name that is not known is looked for again before anybody is refused for it, though not more often than this. */
const LOOK_AGAIN_MS = 500;
const MAX_ACCOUNTS = 50_000;

const LOAD_APPROVED = {
  name: 'senders.load-approved',
  text: `SELECT account_id AS "accountId", sender, country FROM senders WHERE account_id = ANY($1::uuid[]) AND status = 'approved'`,
};

interface Known {
  names: ApprovedNames;
  readAt: number;
}

/** Approved names and fixed senders: read rarely, asked for with every batch. */
@Injectable()
export class SenderCache {
  private readonly accounts = new Map<string, Known>();
  private fixed?: { loaded: Promise<Map<string, string | null>>; readAt: number };
  /** Grows with every invalidation: what was read before it is not remembered after it. */
  private generation = 0;

  constructor(private readonly database: Database) {}

  /** What was approved for some accounts. At most one read, for those that are not cached or lack a name that is asked for. */
  async approved(wanted: ReadonlyMap<string, ReadonlySet<string>>): Promise<Map<string, ApprovedNames>> {
    const time = performance.now();
    const found = new Map<string, ApprovedNames>();
    const missing: string[] = [];
    for (const [accountId, names] of wanted) {
      const known = this.accounts.get(accountId);
      if (known && isFresh(known, names, time)) found.set(accountId, known.names);
      else missing.push(accountId);
    }
    if (missing.length > 0) for (const [accountId, names] of await this.read(missing)) found.set(accountId, names);
    return found;
  }

  /** By source; null is the platform's standard sender. One read for all who ask at once. */
  fixedSenders(): Promise<Map<string, string | null>> {
    if (!this.fixed || performance.now() - this.fixed.readAt > CACHE_MS) {
      const fixed = { loaded: this.readFixed(), readAt: performance.now() };
      this.fixed = fixed;
      fixed.loaded.catch(() => {
        if (this.fixed === fixed) this.fixed = undefined;
      });
    }
    return this.fixed.loaded;
  }

  /** Forgets one account, or else the fixed senders: called after a change is committed. */
  invalidate(accountId?: string): void {
    this.generation += 1;
    if (accountId) this.accounts.delete(accountId);
    else this.fixed = undefined;
  }

  private async read(accountIds: readonly string[]): Promise<Map<string, ApprovedNames>> {
    const { generation } = this;
    const readAt = performance.now();
    const found = new Map<string, Map<string, Set<string>>>(accountIds.map((id) => [id, new Map()]));
    const rows = await this.database.query<{ accountId: string; sender: string; country: string | null }>(
      LOAD_APPROVED,
      [accountIds],
    );
    for (const { accountId, sender, country } of rows) {
      const names = found.get(accountId)!;
      const countries = names.get(sender) ?? new Set();
      names.set(sender, countries.add(country ?? ANY_COUNTRY));
    }
    if (generation === this.generation) for (const [id, names] of found) this.remember(id, { names, readAt });
    return found;
  }

  private remember(accountId: string, known: Known): void {
    this.accounts.delete(accountId);
    this.accounts.set(accountId, known);
    if (this.accounts.size > MAX_ACCOUNTS) this.accounts.delete(this.accounts.keys().next().value!);
  }

  private async readFixed(): Promise<Map<string, string | null>> {
    const rows = await this.database.query<{ source: string; sender: string | null }>(
      `SELECT source, sender FROM fixed_senders`,
    );
    return new Map(rows.map(({ source, sender }) => [source, sender]));
  }
}

function isFresh({ names, readAt }: Known, asked: ReadonlySet<string>, time: number): boolean {
  const age = time - readAt;
  if (age > CACHE_MS) return false;
  return age < LOOK_AGAIN_MS || [...asked].every((name) => names.has(name));
}

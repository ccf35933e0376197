import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { DomainError } from '../../kernel/domain-error.js';
import { hashSecret, type KeyMode, looksLikeApiKey } from './credentials/secret-texts.js';
import { FIND_API_KEY, TOUCH_API_KEY } from './persistence/sql/find-caller.js';

/** An API key as requests meet it. */
export interface LiveKey {
  id: string;
  accountId: string | null;
  portalId: string | null;
  mode: KeyMode;
  scopes: ReadonlySet<string>;
  allowedAddresses: readonly string[];
  expiresAt: Date | null;
}

interface KeyRow {
  id: string;
  account_id: string | null;
  portal_id: string | null;
  mode: KeyMode;
  scopes: string[];
  allowed_addresses: string[];
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

/** A key that was revoked by another process keeps working for at most this long. */
const CACHE_MS = 3_000;
const CACHE_SIZE = 5_000;
const TOUCH_MS = 60_000;

/** Looks API keys up by their hash. Portals send many requests a second, so live keys are remembered for a moment. */
@Injectable()
export class ApiKeyring {
  private readonly logger = new Logger('identity');
  private readonly cache = new Map<string, { key: LiveKey; until: number }>();
  private readonly touched = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /** Refuses: unauthenticated `api_key_invalid` or `api_key_expired`; a revoked key is invalid. */
  async find(text: string, now: Date): Promise<LiveKey> {
    if (!looksLikeApiKey(text)) throw new DomainError('unauthenticated', 'api_key_invalid');
    const hash = hashSecret(text);
    const key = this.cached(hash) ?? (await this.read(hash));
    if (key.expiresAt && key.expiresAt <= now) throw new DomainError('unauthenticated', 'api_key_expired');
    this.touch(key.id, now);
    return key;
  }

  /** Makes this process forget a key at once; others follow within seconds. */
  forget(keyId: string): void {
    for (const [hash, { key }] of this.cache) if (key.id === keyId) this.cache.delete(hash);
  }

  private cached(hash: Buffer): LiveKey | undefined {
    const found = this.cache.get(hash.toString('hex'));
    return found && found.until > performance.now() ? found.key : undefined;
  }

  private async read(hash: Buffer): Promise<LiveKey> {
    const [row] = await this.database.query<KeyRow>(FIND_API_KEY, [hash]);
    if (!row || row.revoked_at) throw new DomainError('unauthenticated', 'api_key_invalid');
    const key: LiveKey = {
      id: row.id,
      accountId: row.account_id,
      portalId: row.portal_id,
      mode: row.mode,
      scopes: new Set(row.scopes),
      allowedAddresses: row.allowed_addresses,
      expiresAt: row.expires_at,
    };
    if (this.cache.size >= CACHE_SIZE) this.cache.clear();
    this.cache.set(hash.toString('hex'), { key, until: performance.now() + CACHE_MS });
    return key;
  }

  /** "Last used" is a hint for people: it may be a minute old, and a request never waits for it. */
  private touch(keyId: string, now: Date): void {
    const last = this.touched.get(keyId);
    if (last !== undefined && now.getTime() - last < TOUCH_MS) return;
    if (this.touched.size >= CACHE_SIZE) this.touched.clear();
    this.touched.set(keyId, now.getTime());
    this.database.query(TOUCH_API_KEY, [keyId, now]).catch((error: unknown) => {
      this.logger.warn({ msg: 'could not note when an API key was used', err: error });
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import type { KeyMode } from '../credentials/secret-texts.js';

/** A key belongs to an account or to a portal. */
export type KeyOwner = { accountId: string } | { portalId: string };

export interface ApiKeyRow {
  id: string;
  account_id: string | null;
  portal_id: string | null;
  name: string;
  mode: KeyMode;
  prefix: string;
  scopes: string[];
  allowed_addresses: string[];
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

export interface NewApiKey {
  id: string;
  owner: KeyOwner;
  name: string;
  mode: KeyMode;
  prefix: string;
  hash: Buffer;
  scopes: readonly string[];
  allowedAddresses: readonly string[];
  createdBy: Actor;
  expiresAt: Date | null;
}

const COLUMNS = `id, account_id, portal_id, name, mode, prefix, scopes, allowed_addresses, created_at, expires_at, last_used_at, revoked_at`;

/** `owner` as a condition: a key of somebody else is never found. */
function owned(owner: KeyOwner): { column: string; id: string } {
  return 'accountId' in owner
    ? { column: 'account_id', id: owner.accountId }
    : { column: 'portal_id', id: owner.portalId };
}

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: Database) {}

  async insert(tx: Tx, key: NewApiKey, now: Date): Promise<ApiKeyRow> {
    const { column, id: ownerId } = owned(key.owner);
    const [row] = await tx.query<ApiKeyRow>(
      `INSERT INTO api_keys (id, ${column}, name, mode, prefix, key_hash, scopes, allowed_addresses, created_by_kind,
                             created_by_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING ${COLUMNS}`,
      [
        key.id,
        ownerId,
        key.name,
        key.mode,
        key.prefix,
        key.hash,
        key.scopes,
        key.allowedAddresses,
        key.createdBy.kind,
        key.createdBy.id,
        now,
        key.expiresAt,
      ],
    );
    return row!;
  }

  list(owner: KeyOwner, after: string | null, limit: number): Promise<ApiKeyRow[]> {
    const { column, id: ownerId } = owned(owner);
    return this.database.query<ApiKeyRow>(
      `SELECT ${COLUMNS} FROM api_keys WHERE ${column} = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [ownerId, after, limit + 1],
    );
  }

  async find(owner: KeyOwner, id: string): Promise<ApiKeyRow | undefined> {
    const { column, id: ownerId } = owned(owner);
    const [row] = await this.database.query<ApiKeyRow>(
      `SELECT ${COLUMNS} FROM api_keys WHERE ${column} = $1 AND id = $2`,
      [ownerId, id],
    );
    return row;
  }

  /** Keeps the first time of revocation. Undefined when the owner has no such key. */
  async revoke(tx: Tx, owner: KeyOwner, id: string, now: Date): Promise<ApiKeyRow | undefined> {
    const { column, id: ownerId } = owned(owner);
    const [row] = await tx.query<ApiKeyRow>(
      `UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE ${column} = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [ownerId, id, now],
    );
    return row;
  }
}

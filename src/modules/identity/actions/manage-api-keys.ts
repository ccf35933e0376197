import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit } from '../../accounts/index.js';
import { ApiKeyring } from '../api-keyring.js';
import { hashSecret, hintOf, type KeyMode, keyPrefixOf, newSecret } from '../credentials/secret-texts.js';
import { mayGrant } from '../domain/permissions.js';
import { ApiKeysRepository, type ApiKeyRow, type KeyOwner } from '../persistence/api-keys.repository.js';
import type { Granter } from './manage-users.js';

export interface NewKey {
  name: string;
  mode: KeyMode;
  scopes: readonly string[];
  allowedAddresses: readonly string[];
  expiresAt: Date | null;
}

/** API keys: made (the text is told once and only its hash is kept) and revoked. */
@Injectable()
export class ManageApiKeys {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly keys: ApiKeysRepository,
    private readonly keyring: ApiKeyring,
    private readonly audit: AccountAudit,
  ) {}

  /** Refuses: forbidden `cannot_grant`, invalid `in_the_past`. */
  async create(by: Granter, owner: KeyOwner, input: NewKey): Promise<{ row: ApiKeyRow; key: string }> {
    const now = this.clock.now();
    if (!mayGrant(by.permissions, input.scopes)) throw new DomainError('forbidden', 'cannot_grant');
    if (input.expiresAt && input.expiresAt <= now) throw expiresInThePast();
    const key = newSecret(keyPrefixOf(input.mode));
    const row = await this.database.transaction(async (tx) => {
      const row = await this.keys.insert(
        tx,
        {
          ...input,
          id: newId(now),
          owner,
          prefix: hintOf(key, input.mode),
          hash: hashSecret(key),
          createdBy: by.actor,
        },
        now,
      );
      await this.record(tx, by.actor, row, 'api_key.created', { scopes: input.scopes, mode: input.mode });
      return row;
    });
    return { row, key };
  }

  /** Refuses: not_found `api_key_not_found`. Revoking twice changes nothing. */
  async revoke(actor: Actor, owner: KeyOwner, id: string): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const row = await this.keys.revoke(tx, owner, id, now);
      if (!row) throw new DomainError('not_found', 'api_key_not_found');
      await this.record(tx, actor, row, 'api_key.revoked');
      tx.afterCommit(() => this.keyring.forget(id));
    });
  }

  /** A portal has no audit trail of its own: its keys carry who made them. */
  private async record(tx: Tx, actor: Actor, row: ApiKeyRow, action: string, details = {}): Promise<void> {
    if (!row.account_id) return;
    await this.audit.record(tx, { accountId: row.account_id, actor, action, subject: `api_key:${row.id}`, details });
  }
}

function expiresInThePast(): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '/expiresAt', code: 'in_the_past' }] });
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { SYSTEM_ACTOR } from '../../../gateway/index.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import type { FullProviderRow } from '../persistence/providers.repository.js';
import { tellProviderChanged } from '../provider-hints.js';
import { ProvidersService } from '../providers.service.js';

/** Only what is still paused for that reason: ops may have had another one meanwhile. */
const RESUME = {
  name: 'providers.resume-provider',
  text: `
    UPDATE providers
    SET status = 'active', pause_reason = NULL, probes = LEAST(probes + 1, 1000), probe_at = $4, version = version + 1, updated_at = $4
    WHERE id = $1 AND version = $2 AND status = 'paused' AND pause_reason = $3
    RETURNING id`,
};

/** Those who were told of the pause are told of its end (topic `providers.resumed`). In the transaction that ends it. */
export async function tellResumed(
  tx: Tx,
  { id, owner_account_id: ownerAccountId }: Pick<FullProviderRow, 'id' | 'owner_account_id'>,
  platformAccountId: string,
  now: Date,
): Promise<void> {
  const payload = { providerId: id, ownerAccountId };
  await writeOutbox(tx, [{ accountId: platformAccountId, topic: 'providers.resumed', payload }], now);
}

/** Ends a pause that the system made, once what it was made for is over. */
@Injectable()
export class ResumeProvider {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly providers: ProvidersService,
    private readonly clock: Clock,
  ) {}

  /** In a transaction of its own; false when it was changed meanwhile. */
  async execute(row: FullProviderRow): Promise<boolean> {
    const platformAccountId = await this.accounts.platformAccountId();
    const now = this.clock.now();
    const resumed = await this.database.transaction(async (tx) => {
      const rows = await tx.query(RESUME, [row.id, row.version, row.pause_reason, now]);
      if (rows.length === 0) return false;
      await tellProviderChanged(tx, row.id);
      await this.audit.record(tx, {
        accountId: row.owner_account_id ?? platformAccountId,
        actor: SYSTEM_ACTOR,
        action: 'provider.resumed',
        subject: `provider:${row.id}`,
        details: { from: 'paused', pauseReason: row.pause_reason },
      });
      await tellResumed(tx, row, platformAccountId, now);
      return true;
    });
    this.providers.invalidate();
    return resumed;
  }
}

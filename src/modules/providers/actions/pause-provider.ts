import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { tellProviderChanged } from '../provider-hints.js';
import { ProvidersService } from '../providers.service.js';

export interface PauseInput {
  providerId: string;
  /** Only when it still is this version: whoever changed it since may have put right what was wrong. */
  version: number;
  /** A code (`credentials_refused`) or what ops wrote. */
  reason: string;
  /** For people: the provider's own words. */
  detail?: string;
  actor: Actor;
}

const PAUSE = {
  name: 'providers.pause-provider',
  text: `
    UPDATE providers SET status = 'paused', pause_reason = $3, version = version + 1, updated_at = $4
    WHERE id = $1 AND version = $2 AND status <> 'paused'
    RETURNING version`,
};

/**
 * Stops a provider visibly: messages wait or take another route, nothing is lost, somebody is told (topic
 * `providers.paused`), and ops resumes it. In a transaction of its own; false when it was changed or paused meanwhile.
 */
@Injectable()
export class PauseProvider {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly providers: ProvidersService,
    private readonly clock: Clock,
  ) {}

  async execute({ providerId, version, reason, detail, actor }: PauseInput): Promise<boolean> {
    const accountId = await this.accounts.platformAccountId();
    const paused = await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const rows = await tx.query(PAUSE, [providerId, version, reason, now]);
      if (rows.length === 0) return false;
      await tellProviderChanged(tx, providerId);
      const subject = `provider:${providerId}`;
      const details = { reason, ...(detail && { detail }) };
      await this.audit.record(tx, { accountId, actor, action: 'provider.paused', subject, details });
      await writeOutbox(tx, [{ accountId, topic: 'providers.paused', payload: { providerId, ...details } }], now);
      return true;
    });
    this.providers.invalidate();
    return paused;
  }
}

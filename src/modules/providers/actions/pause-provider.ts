import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { PAUSE } from '../persistence/sql/probes.js';
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

/**
 * Stops a provider visibly: messages wait or take another route, nothing is lost, somebody is told (topic
 * `providers.paused`), and ops resumes it, or the system what it paused itself. In a transaction of its own; false when it was changed or paused meanwhile.
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
    const platformAccountId = await this.accounts.platformAccountId();
    const paused = await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const [row] = await tx.query<{ ownerAccountId: string | null }>(PAUSE, [providerId, version, reason, now]);
      if (!row) return false;
      await tellProviderChanged(tx, providerId);
      const subject = `provider:${providerId}`;
      const details = { reason, ...(detail && { detail }) };
      const accountId = row.ownerAccountId ?? platformAccountId;
      await this.audit.record(tx, { accountId, actor, action: 'provider.paused', subject, details });
      const payload = { providerId, ownerAccountId: row.ownerAccountId, ...details };
      await writeOutbox(tx, [{ accountId: platformAccountId, topic: 'providers.paused', payload }], now);
      return true;
    });
    this.providers.invalidate();
    return paused;
  }
}

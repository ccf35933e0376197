import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { type Actor, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import type { ProviderLifecycle } from '../domain/provider.js';
import { type FullProviderRow, ProvidersRepository } from '../persistence/providers.repository.js';
import { ProvidersService } from '../providers.service.js';
import { tellProviderChanged } from '../provider-hints.js';
import { PauseProvider } from './pause-provider.js';
import { tellResumed } from './resume-provider.js';

/** Pause, drain and resume by ops. What a provider already is, it is not made again: conflict `provider_state`. */
@Injectable()
export class ChangeLifecycle {
  constructor(
    private readonly database: Database,
    private readonly repository: ProvidersRepository,
    private readonly pauseProvider: PauseProvider,
    private readonly providers: ProvidersService,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  async pause(id: string, reason: string, actor: Actor): Promise<FullProviderRow> {
    const { version, status } = await this.find(id);
    if (status === 'paused') throw wrongState(status);
    if (!(await this.pauseProvider.execute({ providerId: id, version, reason, actor }))) throw versionMismatch();
    return this.find(id);
  }

  /** Back to sending, whatever it was paused for; a paused link tries its credentials anew. */
  resume(id: string, actor: Actor): Promise<FullProviderRow> {
    return this.change(id, 'active', 'provider.resumed', actor);
  }

  /** Sends nothing more, takes reports: what to do before a provider is given up. */
  drain(id: string, actor: Actor): Promise<FullProviderRow> {
    return this.change(id, 'draining', 'provider.draining', actor);
  }

  private async change(id: string, status: ProviderLifecycle, action: string, actor: Actor): Promise<FullProviderRow> {
    const before = await this.find(id);
    if (before.status === status) throw wrongState(status);
    const platformAccountId = await this.accounts.platformAccountId();
    const now = this.clock.now();
    const row = { ...before, status, pause_reason: null, updated_at: now };
    await this.database.transaction(async (tx) => {
      if (!(await this.repository.update(tx, row))) throw versionMismatch();
      await tellProviderChanged(tx, id);
      const details = { from: before.status, ...(before.pause_reason && { pauseReason: before.pause_reason }) };
      const accountId = before.owner_account_id ?? platformAccountId;
      await this.audit.record(tx, { accountId, actor, action, subject: `provider:${id}`, details });
      if (status === 'active') await tellResumed(tx, before, platformAccountId, now);
    });
    this.providers.invalidate();
    return this.find(id);
  }

  private async find(id: string): Promise<FullProviderRow> {
    const row = await this.repository.find(id);
    if (!row) throw new DomainError('not_found', 'provider_not_found');
    return row;
  }
}

function wrongState(status: ProviderLifecycle): DomainError {
  return new DomainError('conflict', 'provider_state', { params: { status } });
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { type Actor, isUniqueViolation, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { AccountAudit } from '../account-audit.js';
import { AccountsService } from '../accounts.service.js';
import { GivenSenders } from '../given-senders.js';
import { type AccountChange, type AccountRow, AccountsRepository } from '../persistence/accounts.repository.js';

/** Older snapshots of an account are used nowhere. */
const SNAPSHOTS_AGE_MS = 4_000;

/** Changes an account and writes who did it. Values of personal fields stay out of the trail; their names are in it. */
@Injectable()
export class ChangeAccount {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsRepository,
    private readonly service: AccountsService,
    private readonly audit: AccountAudit,
    private readonly givenSenders: GivenSenders,
  ) {}

  /** Refuses: not_found `account_not_found`, version mismatch, conflict `external_id_taken`. */
  async update(actor: Actor, key: { id: string; version: number }, change: AccountChange): Promise<AccountRow> {
    return this.write(actor, key, change, 'account.changed', { fields: Object.keys(change) });
  }

  /** Stops everything but reading; what is queued stays queued. Refuses: conflict `platform_account`, `account_state`. */
  async suspend(actor: Actor, id: string, reason: string): Promise<AccountRow> {
    const before = await this.find(id);
    if (before.kind === 'platform') throw new DomainError('conflict', 'platform_account');
    if (before.status !== 'active') throw wrongState(before);
    return this.write(actor, before, { status: 'suspended', status_reason: reason }, 'account.suspended', { reason });
  }

  /** Refuses: conflict `account_state` unless it is suspended. */
  async reactivate(actor: Actor, id: string): Promise<AccountRow> {
    const before = await this.find(id);
    if (before.status !== 'suspended') throw wrongState(before);
    return this.write(actor, before, { status: 'active', status_reason: null }, 'account.reactivated', {});
  }

  private async find(id: string): Promise<AccountRow> {
    const row = await this.accounts.find(id);
    if (!row) throw new DomainError('not_found', 'account_not_found');
    return row;
  }

  private async write(
    actor: Actor,
    { id, version }: { id: string; version: number },
    change: AccountChange,
    action: string,
    details: Record<string, unknown>,
  ): Promise<AccountRow> {
    try {
      return await this.database.transaction(async (tx) => {
        if (change.default_sender !== undefined) await this.tellSender(tx, actor, id, change.default_sender);
        const row = await this.accounts.update(tx, { id, version }, change, this.clock.now());
        if (!row)
          throw (await this.accounts.find(id, tx))
            ? versionMismatch()
            : new DomainError('not_found', 'account_not_found');
        await this.audit.record(tx, { accountId: id, actor, action, subject: `account:${id}`, details });
        if ('sending_window' in change || 'recipient_hours' in change) await this.tellHours(tx, id);
        tx.afterCommit(() => this.service.forget(id));
        return row;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'accounts_portal_external_id'))
        throw new DomainError('conflict', 'external_id_taken');
      throw error;
    }
  }

  /** Before the change: senders are locked before accounts. Accounts that show the platform's standard one follow it. */
  private async tellSender(tx: Tx, actor: Actor, accountId: string, sender: string): Promise<void> {
    const now = this.clock.now();
    if (accountId !== (await this.service.platformAccountId()))
      return this.givenSenders.announce(tx, { accountId, sender, actor }, now);
    await this.accounts.followStandardSender(tx, sender, now);
    tx.afterCommit(() => this.service.forgetAll());
  }

  /** What waits for the old opening is looked at again, once every process has seen the new hours. */
  private async tellHours(tx: Tx, accountId: string): Promise<void> {
    const now = this.clock.now();
    const event = { accountId, topic: 'accounts.hours_changed', payload: {} };
    await writeOutbox(tx, [event], now, new Date(now.getTime() + SNAPSHOTS_AGE_MS));
  }
}

function wrongState(account: AccountRow): DomainError {
  return new DomainError('conflict', 'account_state', { params: { status: account.status } });
}

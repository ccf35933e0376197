import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, type Actor } from '../../accounts/index.js';
import { MessagesService } from '../../messages/index.js';
import { LedgerService } from '../../wallets/index.js';
import { campaignNotFound, campaignState } from '../campaigns.errors.js';
import type { CampaignState } from '../domain/campaign-states.js';
import { type CampaignRow, lockCampaign, moveCampaign } from '../persistence/campaigns.repository.js';

/** Pauses, resumes and cancels. The message group carries it to dispatch, which knows nothing of campaigns. Repeating is harmless. */
@Injectable()
export class SteerCampaignAction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messages: MessagesService,
    private readonly ledger: LedgerService,
    private readonly audit: AccountAudit,
  ) {}

  pause(accountId: string, actor: Actor, id: string): Promise<CampaignRow> {
    return this.steer(accountId, actor, id, { from: ['running', 'sent'], to: 'paused', group: 'paused' });
  }

  resume(accountId: string, actor: Actor, id: string): Promise<CampaignRow> {
    return this.steer(accountId, actor, id, { from: ['paused'], to: 'running', group: 'open' });
  }

  /** What waits is cancelled and its money comes back; what left, left. Recipients that were not handed over are skipped. */
  async cancel(accountId: string, actor: Actor, id: string): Promise<CampaignRow> {
    return this.steer(accountId, actor, id, {
      from: ['draft', 'quoting', 'quoted', 'running', 'paused', 'sent'],
      to: 'cancelled',
      group: 'cancelled',
    });
  }

  private steer(
    accountId: string,
    actor: Actor,
    id: string,
    { from, to, group }: { from: CampaignState[]; to: CampaignState; group: 'paused' | 'open' | 'cancelled' },
  ): Promise<CampaignRow> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const before = await lockCampaign(tx, accountId, id);
      if (!before) throw campaignNotFound();
      if (before.state === to) return before;
      const moved = await moveCampaign(tx, accountId, id, from, to, now);
      if (!moved) throw campaignState(before.state);
      if (to === 'cancelled') await this.giveBack(tx, before, now);
      if (before.group_id) await this.messages.setGroupState(tx, accountId, before.group_id, group);
      await this.audit.record(tx, { accountId, actor, action: `campaign.${to}`, subject: `campaign:${id}` });
      return moved;
    });
  }

  private async giveBack(
    tx: Parameters<LedgerService['unreserve']>[0],
    campaign: CampaignRow,
    now: Date,
  ): Promise<void> {
    const { account_id: accountId, id, reservation_id: reservationId } = campaign;
    await tx.query(
      `UPDATE campaign_recipients SET state = 'skipped', reason = 'cancelled' WHERE account_id = $1 AND campaign_id = $2 AND state = 'ready'`,
      [accountId, id],
    );
    if (reservationId) await this.ledger.unreserve(tx, { accountId, reservationId }, now);
  }
}

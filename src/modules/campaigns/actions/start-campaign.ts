import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, type Actor } from '../../accounts/index.js';
import { MessagesService } from '../../messages/index.js';
import { LedgerService } from '../../wallets/index.js';
import { campaignNotFound, campaignState, nothingToSend, quoteExpired } from '../campaigns.errors.js';
import { type CampaignRow, lockCampaign } from '../persistence/campaigns.repository.js';

/**
 * Starts a quoted campaign: moves its whole quote from the wallet into a reservation, or refuses with the shortfall; opens its
 * message group. From then on {@link CampaignRunner} hands it over, batch by batch.
 */
@Injectable()
export class StartCampaignAction {
  constructor(
    private readonly clock: Clock,
    private readonly ledger: LedgerService,
    private readonly messages: MessagesService,
    private readonly audit: AccountAudit,
  ) {}

  async run(tx: Tx, accountId: string, actor: Actor, id: string): Promise<CampaignRow> {
    const now = this.clock.now();
    const campaign = await lockCampaign(tx, accountId, id);
    if (!campaign) throw campaignNotFound();
    if (campaign.state !== 'quoted') throw campaignState(campaign.state);
    if (campaign.quote_expires_at! <= now) throw quoteExpired();
    if (campaign.quote!.messages === 0) throw nothingToSend();
    const reservation = await this.ledger.reserve(
      tx,
      {
        accountId,
        currency: campaign.quote_currency!,
        micros: campaign.quote_micros!,
        subjectKind: 'campaign',
        subjectId: id,
      },
      now,
    );
    const group = await this.messages.createGroup(tx, {
      accountId,
      kind: 'campaign',
      label: campaign.name,
      reservationId: reservation.id,
      window: campaign.sending_window ?? undefined,
    });
    const [row] = await tx.query<CampaignRow & Record<string, unknown>>(
      `UPDATE campaigns SET state = 'running', group_id = $3, reservation_id = $4, started_at = $5, updated_at = $5, version = version + 1
       WHERE account_id = $1 AND id = $2 RETURNING *`,
      [accountId, id, group.id, reservation.id, now],
    );
    await this.audit.record(tx, {
      accountId,
      actor,
      action: 'campaign.started',
      subject: `campaign:${id}`,
      details: { total: campaign.quote!.total },
    });
    return row!;
  }
}

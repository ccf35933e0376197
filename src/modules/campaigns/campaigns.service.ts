import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { parseWindow } from '../../kernel/time-window.js';
import { parseInstant } from '../../kernel/zoned-time.js';
import { AccountAudit, type Actor } from '../accounts/index.js';
import { isLongPast, MessagesService } from '../messages/index.js';
import { SendersService } from '../senders/index.js';
import { campaignNotFound, listNotFound, listNotReady, senderRefused } from './campaigns.errors.js';
import type { CreateCampaignDto } from './dto/campaign.dto.js';
import { findList } from './lists/lists.repository.js';
import { type CampaignRow, findCampaign } from './persistence/campaigns.repository.js';

/** Makes campaigns and tells how far they are. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messages: MessagesService,
    private readonly senders: SendersService,
    private readonly audit: AccountAudit,
  ) {}

  /**
   * A draft. Refuses a start in the past, a window that is none, a sender that no message of the account may show, and a list that was
   * not read to its end.
   */
  async create(accountId: string, actor: Actor, input: CreateCampaignDto): Promise<CampaignRow> {
    if ((input.text === undefined) === (input.templateId === undefined))
      throw new DomainError('invalid', 'campaign_text');
    const now = this.clock.now();
    const startAt = input.startAt === undefined ? null : parseInstant(input.startAt);
    if (startAt && isLongPast(startAt, now))
      throw new DomainError('invalid', 'start_in_past', { errors: [{ pointer: '/startAt', code: 'start_in_past' }] });
    const window = input.window === undefined ? null : parseWindow(input.window);
    if (input.sender !== undefined) await this.assertSender(accountId, input.sender);
    const list = await findList(this.database, accountId, input.listId);
    if (!list) throw listNotFound();
    if (list.state !== 'ready') throw listNotReady();
    const id = newId(now);
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<CampaignRow & Record<string, unknown>>(
        `INSERT INTO campaigns (account_id, id, name, list_id, template_id, text, sender, start_at, sending_window, state, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'draft', $10, $10) RETURNING *`,
        [
          accountId,
          id,
          input.name,
          input.listId,
          input.templateId ?? null,
          input.text ?? null,
          input.sender ?? null,
          startAt,
          window && JSON.stringify(window),
          now,
        ],
      );
      await this.audit.record(tx, {
        accountId,
        actor,
        action: 'campaign.created',
        subject: `campaign:${id}`,
        details: { name: input.name },
      });
      return row!;
    });
  }

  async get(accountId: string, id: string): Promise<CampaignRow> {
    const row = await findCampaign(this.database, accountId, id);
    if (!row) throw campaignNotFound();
    return row;
  }

  /** Recipients by state or reason, and messages by state. */
  async progress(
    campaign: CampaignRow,
  ): Promise<{ recipients: Record<string, number>; messages: Record<string, number> }> {
    const { account_id: accountId, id, group_id: groupId } = campaign;
    const rows = await this.database.query<{ what: string; count: number }>(
      `SELECT COALESCE(reason, state) AS what, count(*)::int AS count FROM campaign_recipients WHERE account_id = $1 AND campaign_id = $2 GROUP BY 1`,
      [accountId, id],
    );
    const messages = groupId ? await this.messages.groupCounts(accountId, groupId) : {};
    return { recipients: Object.fromEntries(rows.map(({ what, count }) => [what, count])), messages: { ...messages } };
  }

  private async assertSender(accountId: string, sender: string): Promise<void> {
    const refusal = await this.senders.refusalOf(accountId, 'campaign', sender);
    if (refusal) throw senderRefused(refusal);
  }
}

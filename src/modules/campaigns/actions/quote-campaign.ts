import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { compileTemplate, type CompiledTemplate } from '../../../kernel/text-variables.js';
import { AccountsService } from '../../accounts/index.js';
import { type AcceptItem, type AcceptRequest, MessagesService } from '../../messages/index.js';
import { campaignNotFound, campaignState, unknownVariables } from '../campaigns.errors.js';
import { QuoteTally } from '../domain/quote-tally.js';
import { findList, pageOfRows, type StoredRow } from '../lists/lists.repository.js';
import {
  type CampaignRow,
  findCampaign,
  insertRecipients,
  moveCampaign,
  type NewRecipient,
} from '../persistence/campaigns.repository.js';

const PAGE = 1_000;
/** For how long the texts and prices of a quote hold. */
const VALID_MS = 24 * 3_600_000;
/** A quote that was cut off by a crash may be made anew after this. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Works out a campaign before it starts: every recipient's text is rendered, counted and priced, and kept; the start sends
 * exactly that. Who is skipped, and why, is part of it. May be asked for again until the campaign has started.
 */
@Injectable()
export class QuoteCampaignAction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly messages: MessagesService,
  ) {}

  async run(accountId: string, id: string): Promise<CampaignRow> {
    const campaign = await this.begin(accountId, id);
    try {
      return await this.work(campaign);
    } catch (error) {
      await this.database.transaction((tx) => moveCampaign(tx, accountId, id, ['quoting'], 'draft', this.clock.now()));
      throw error;
    }
  }

  /** Only one works at it; what an earlier quote left is removed. */
  private async begin(accountId: string, id: string): Promise<CampaignRow> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const before = await findCampaign(tx, accountId, id);
      if (!before) throw campaignNotFound();
      const abandoned = before.state === 'quoting' && now.getTime() - before.updated_at.getTime() > ABANDONED_MS;
      const moved = await moveCampaign(
        tx,
        accountId,
        id,
        abandoned ? ['quoting'] : ['draft', 'quoted'],
        'quoting',
        now,
      );
      if (!moved) throw campaignState(before.state);
      await tx.query(`DELETE FROM campaign_recipients WHERE account_id = $1 AND campaign_id = $2`, [accountId, id]);
      return moved;
    });
  }

  private async work(campaign: CampaignRow): Promise<CampaignRow> {
    const { account_id: accountId, id, list_id: listId } = campaign;
    const list = (await findList(this.database, accountId, listId))!;
    const template = campaign.text === null ? null : compileTemplate(campaign.text);
    const unknown = template?.required.filter((name) => !list.columns.includes(name)) ?? [];
    if (unknown.length > 0) throw unknownVariables(unknown);
    const tally = new QuoteTally();
    tally.skip('invalid_number', list.invalid_rows);
    tally.skip('duplicate', list.duplicate_rows);
    tally.skip('no_consent', list.no_consent_rows);
    for (let after = 0; ;) {
      const rows = await pageOfRows(this.database, accountId, listId, after, 'ok', PAGE);
      if (rows.length === 0) break;
      after = rows.at(-1)!.row_no;
      const recipients = await this.quotePage(campaign, rows, template, tally);
      await this.database.transaction((tx) => insertRecipients(tx, accountId, id, recipients));
    }
    return this.finish(campaign, tally);
  }

  private async quotePage(
    campaign: CampaignRow,
    rows: readonly StoredRow[],
    template: CompiledTemplate | null,
    tally: QuoteTally,
  ): Promise<NewRecipient[]> {
    const recipients: NewRecipient[] = [];
    const asked: StoredRow[] = [];
    for (const row of rows) {
      if (template && template.missing(row.variables).length > 0) {
        tally.skip('missing_variables');
        recipients.push(skipped(row, 'missing_variables'));
      } else asked.push(row);
    }
    if (asked.length === 0) return recipients;
    const quote = await this.messages.quote(
      toRequest(
        campaign,
        asked.map((row) => toItem(campaign, row, template)),
      ),
    );
    tally.page({ currency: quote.total.currency, forcedBy: quote.ucs2.forcedBy });
    for (const { index, code, prepared, priceMicros } of quote.items) {
      const row = asked[index]!;
      if (code || !prepared || priceMicros === undefined) {
        tally.skip(code ?? 'refused');
        recipients.push(skipped(row, code ?? 'refused'));
        continue;
      }
      tally.message(row.country ?? '', prepared, priceMicros);
      recipients.push({
        row_no: row.row_no,
        digits: row.digits!,
        body: prepared.body,
        encoding: prepared.encoding,
        parts: prepared.parts,
        price_micros: priceMicros,
        reason: null,
      });
    }
    return recipients;
  }

  private async finish({ account_id: accountId, id }: CampaignRow, tally: QuoteTally): Promise<CampaignRow> {
    const now = this.clock.now();
    const quote = tally.result((await this.accounts.get(accountId)).currency);
    const [row] = await this.database.query<CampaignRow & Record<string, unknown>>(
      `UPDATE campaigns SET state = 'quoted', quote = $3, quote_micros = $4, quote_currency = $5, quoted_at = $6, quote_expires_at = $7, updated_at = $6
       WHERE account_id = $1 AND id = $2 AND state = 'quoting' RETURNING *`,
      [
        accountId,
        id,
        JSON.stringify(quote),
        tally.totalMicros,
        quote.total.currency,
        now,
        new Date(now.getTime() + VALID_MS),
      ],
    );
    if (!row) throw campaignState('cancelled');
    return row;
  }
}

function toItem(campaign: CampaignRow, row: StoredRow, template: CompiledTemplate | null): AcceptItem {
  const base = { to: `+${row.digits}`, sender: campaign.sender ?? undefined, consent: 'given' as const };
  if (template) return { ...base, text: template.render(row.variables) };
  return { ...base, templateId: campaign.template_id!, variables: row.variables };
}

function toRequest(campaign: CampaignRow, items: AcceptItem[]): AcceptRequest {
  return { accountId: campaign.account_id, source: 'campaign', lane: 'bulk', items, onInsufficientFunds: 'partial' };
}

function skipped(row: StoredRow, reason: string): NewRecipient {
  return {
    row_no: row.row_no,
    digits: row.digits!,
    body: null,
    encoding: null,
    parts: null,
    price_micros: null,
    reason,
  };
}

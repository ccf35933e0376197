import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsUUID } from 'class-validator';
import { IsInstant, IsLine, IsMessageText, IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import { IsSender } from '../../accounts/index.js';
import { CAMPAIGN_STATES, type CampaignQuote, type CampaignState } from '../domain/campaign-states.js';
import type { CampaignRow, RecipientRow } from '../persistence/campaigns.repository.js';

const RECIPIENT_STATES = ['ready', 'accepted', 'skipped'] as const;

export class CreateCampaignDto {
  @ApiProperty({ example: 'January reminder' })
  @IsLine(200)
  name: string;

  @ApiProperty({ format: 'uuid', description: 'An uploaded list that is ready.' })
  @IsUUID()
  listId: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Either a template or a text.' })
  @IsOmittable()
  @IsUUID()
  templateId?: string;

  @ApiPropertyOptional({
    example: 'Szanowny kliencie [klient], czeka list od [nadawca].',
    description: 'Variables are the columns of the list.',
  })
  @IsOmittable()
  @IsMessageText(4000)
  text?: string;

  @ApiPropertyOptional({ example: 'Kabinet', description: 'The account’s default sender when absent.' })
  @IsOmittable()
  @IsSender()
  sender?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Absent: when it is started.' })
  @IsOmittable()
  @IsInstant()
  startAt?: string;

  @ApiPropertyOptional({
    description: 'Hours in which it may be sent, on top of the provider’s and the account’s.',
    type: 'object',
    additionalProperties: true,
    example: { timeZone: 'Europe/Moscow', days: { mon: [{ from: '09:00', to: '20:00' }] } },
  })
  @IsOmittable()
  @IsObject()
  window?: Record<string, unknown>;
}

export class ListCampaignsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: CAMPAIGN_STATES })
  @IsOmittable()
  @IsIn(CAMPAIGN_STATES)
  state?: CampaignState;
}

export class ListRecipientsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: RECIPIENT_STATES })
  @IsOmittable()
  @IsIn(RECIPIENT_STATES)
  state?: (typeof RECIPIENT_STATES)[number];
}

export class CampaignQuoteDto implements CampaignQuote {
  @ApiProperty({ description: 'Rows of the list.' })
  recipients: number;

  @ApiProperty({ description: 'Recipients who will get a message.' })
  messages: number;

  @ApiProperty()
  parts: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { 1: 800, 2: 150 },
    description: 'Messages by their number of parts.',
  })
  partsHistogram: Record<string, number>;

  @ApiProperty({ description: 'Messages that need UCS-2, and so hold 70 characters a part instead of 160.' })
  ucs2Messages: number;

  @ApiProperty({ type: [String], description: 'Characters that forced UCS-2.' })
  forcedBy: string[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { invalid_number: 20, no_consent: 25 },
  })
  skipped: Record<string, number>;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' } })
  countries: Record<string, number>;

  @ApiProperty({ type: MoneyDto })
  total: { amount: string; currency: string };
}

export class CampaignResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  name: string;

  @ApiProperty({ enum: CAMPAIGN_STATES })
  state: CampaignState;

  @ApiProperty({ format: 'uuid' })
  listId: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  templateId: string | null;

  @ApiProperty({ type: String, nullable: true })
  text: string | null;

  @ApiProperty({ type: String, nullable: true })
  sender: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startAt: string | null;

  @ApiProperty({ type: CampaignQuoteDto, nullable: true })
  quote: CampaignQuote | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until then it can be started at this price.',
  })
  quoteExpiresAt: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The message group: a filter of the message list.',
  })
  groupId: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt: string | null;

  static of(row: CampaignRow): CampaignResponse {
    return {
      id: row.id,
      name: row.name,
      state: row.state,
      listId: row.list_id,
      templateId: row.template_id,
      text: row.text,
      sender: row.sender,
      startAt: row.start_at?.toISOString() ?? null,
      quote: row.quote,
      quoteExpiresAt: row.quote_expires_at?.toISOString() ?? null,
      groupId: row.group_id,
      createdAt: row.created_at.toISOString(),
      startedAt: row.started_at?.toISOString() ?? null,
      finishedAt: row.finished_at?.toISOString() ?? null,
    };
  }
}

export class CampaignProgressResponse extends CampaignResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Recipients by what became of them here.',
  })
  recipients: Record<string, number>;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, description: 'Messages by state.' })
  messages: Record<string, number>;
}

export class CampaignPage {
  @ApiProperty({ type: [CampaignResponse] })
  data: CampaignResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class CampaignRecipientResponse {
  @ApiProperty({ description: 'Row of the list.' })
  row: number;

  @ApiProperty()
  to: string;

  @ApiProperty({ enum: RECIPIENT_STATES })
  state: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was skipped.' })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true })
  text: string | null;

  @ApiProperty({ type: 'integer', nullable: true })
  parts: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  messageId: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'State of its message now.' })
  messageState: string | null;

  static of(row: RecipientRow & { message_state: string | null }): CampaignRecipientResponse {
    return {
      row: row.row_no,
      to: `+${row.digits}`,
      state: row.state,
      reason: row.reason,
      text: row.body,
      parts: row.parts,
      messageId: row.message_id,
      messageState: row.message_state,
    };
  }
}

export class CampaignRecipientPage {
  @ApiProperty({ type: [CampaignRecipientResponse] })
  data: CampaignRecipientResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

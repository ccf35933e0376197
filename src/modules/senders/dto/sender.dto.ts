import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsString, IsUUID, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { IsNullable, IsOmittable, IsText, PageQuery } from '../../../gateway/index.js';
import { MESSAGE_SOURCES, type MessageSource } from '../../../kernel/message-sources.js';
import { IsCountry } from '../../accounts/index.js';
import type { FixedSender } from '../actions/fix-sender.js';
import { SENDER_STATUSES, type SenderStatus } from '../domain/sender-status.js';
import type { SenderRow } from '../persistence/senders.repository.js';

/** Must be there, and may be null, which means something. */
const OrNull = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== null);

/** What a caller may write: read by the kernel's `readSender`, which also takes numbers with a plus. */
const MAX_WRITTEN = 20;

export class RequestSenderDto {
  @ApiProperty({
    example: 'Clinic1',
    maxLength: MAX_WRITTEN,
    description: '1 to 11 letters, digits, spaces or . _ & - with a letter; a number in E.164; a short code.',
  })
  @IsString()
  @MaxLength(MAX_WRITTEN)
  sender: string;

  @ApiPropertyOptional({ type: String, example: 'RU', nullable: true, description: 'null: for every country.' })
  @IsNullable()
  @IsCountry()
  country?: string | null;

  @ApiPropertyOptional({ example: 'Reminders of appointments; our trade mark', description: 'For who decides.' })
  @IsOmittable()
  @IsText(500)
  purpose?: string;

  @ApiPropertyOptional({ default: false, description: 'Becomes the default sender when it is approved.' })
  @IsOmittable()
  @IsBoolean()
  asDefault?: boolean;
}

export class ListSendersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: SENDER_STATUSES })
  @IsOmittable()
  @IsIn(SENDER_STATUSES)
  status?: SenderStatus;
}

export class ListAnySendersQuery extends ListSendersQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;
}

export class ChooseDefaultDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: the platform’s standard sender.' })
  @OrNull()
  @IsUUID()
  senderId: string | null;
}

export class DefaultSenderResponse {
  @ApiProperty({ example: 'Clinic1' })
  sender: string;
}

export class SenderReasonDto {
  @ApiProperty({ example: 'The trade mark belongs to somebody else', description: 'Shown to the account.' })
  @IsText(500)
  reason: string;
}

export class FixSenderDto {
  @ApiProperty({
    type: String,
    example: 'Kabinet',
    nullable: true,
    maxLength: MAX_WRITTEN,
    description: 'null: the platform’s standard sender.',
  })
  @OrNull()
  @IsString()
  @MaxLength(MAX_WRITTEN)
  sender: string | null;
}

export class SenderRateDto {
  @ApiProperty({
    type: 'integer',
    example: 5,
    nullable: true,
    minimum: 1,
    maximum: 100_000,
    description:
      'What may leave under this sender in a second, over all links, in what the peer counts: SMPP PDUs or HTTP requests. null: no limit of its own.',
  })
  @OrNull()
  @IsInt()
  @Min(1)
  @Max(100_000)
  ratePerSecond: number | null;
}

export class SenderResponse {
  id: string;
  accountId: string;
  sender: string;

  @ApiProperty({ type: String, nullable: true, description: 'null: every country.' })
  country: string | null;

  @ApiProperty({ enum: SENDER_STATUSES })
  status: SenderStatus;

  @ApiProperty({ type: String, nullable: true })
  purpose: string | null;

  @ApiProperty({ description: 'Asked to be the default; which one is, says the account.' })
  asDefault: boolean;

  @ApiProperty({ type: String, nullable: true, description: 'Why it was refused or revoked.' })
  reason: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  requestedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decidedAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Withdrawn or revoked.' })
  endedAt: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'What may leave under it in a second; null: no limit of its own.',
  })
  ratePerSecond: number | null;

  static of(this: void, row: SenderRow): SenderResponse {
    return {
      id: row.id,
      accountId: row.account_id,
      sender: row.sender,
      country: row.country,
      status: row.status,
      purpose: row.purpose,
      asDefault: row.as_default,
      reason: row.reason,
      requestedAt: row.requested_at.toISOString(),
      decidedAt: row.decided_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      ratePerSecond: row.rate_per_second,
    };
  }
}

export class SenderPage {
  @ApiProperty({ type: [SenderResponse] })
  data: SenderResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class FixedSenderResponse {
  @ApiProperty({ enum: MESSAGE_SOURCES })
  source: MessageSource;

  @ApiProperty({ type: String, nullable: true, description: 'null: the platform’s standard sender.' })
  sender: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'What of it may leave in a second; null: no limit of its own.',
  })
  ratePerSecond: number | null;

  static of(this: void, { source, sender, updatedAt, ratePerSecond }: FixedSender): FixedSenderResponse {
    return { source, sender, updatedAt: updatedAt.toISOString(), ratePerSecond };
  }
}

export class FixedSenderPage {
  @ApiProperty({ type: [FixedSenderResponse] })
  data: FixedSenderResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Always null: there are a handful.' })
  nextCursor: string | null;
}

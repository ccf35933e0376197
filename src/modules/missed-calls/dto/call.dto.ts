import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsIn, IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { CallMapping } from '../domain/call-event.js';
import type { CallRow } from '../persistence/calls.js';

const PATH = /^[^.\s][^\s]{0,99}$/;
const RESULTS = ['apology', 'skipped', 'blocked'] as const;

/** How your telephony writes call events: paths of dots into its payload, and which values mean what. Absent members keep our names. */
export class CallMappingDto implements Partial<CallMapping> {
  @ApiPropertyOptional({ example: 'call_session_id' })
  @IsOmittable()
  @Matches(PATH)
  eventId?: string;

  @ApiPropertyOptional({ example: 'direction' })
  @IsOmittable()
  @Matches(PATH)
  direction?: string;

  @ApiPropertyOptional({ type: [String], example: ['in'], description: 'Everything else is outbound.' })
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  inboundValues?: string[];

  @ApiPropertyOptional({ example: 'finish_reason' })
  @IsOmittable()
  @Matches(PATH)
  outcome?: string;

  @ApiPropertyOptional({ type: [String], example: ['lost'], description: 'Everything else was answered.' })
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  lostValues?: string[];

  @ApiPropertyOptional({ example: 'contact_phone_number' })
  @IsOmittable()
  @Matches(PATH)
  caller?: string;

  @ApiPropertyOptional({ type: [String] })
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  withheldValues?: string[];

  @ApiPropertyOptional({ example: 'virtual_phone_number' })
  @IsOmittable()
  @Matches(PATH)
  virtualNumber?: string;

  @ApiPropertyOptional({ example: 'start_time' })
  @IsOmittable()
  @Matches(PATH)
  at?: string;
}

export class CallbackResponse {
  @ApiProperty({ description: 'Where telephony posts its call events. Shown once; asking again replaces it.' })
  url: string;

  @ApiProperty({ type: CallMappingDto })
  mapping: CallMapping;
}

export class CallReceiptResponse {
  @ApiProperty({ enum: ['apology', 'skipped', 'blocked', 'duplicate'] })
  result: string;

  @ApiProperty({ type: String, nullable: true, example: 'not_lost' })
  reason: string | null;
}

export class ListCallsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: RESULTS })
  @IsOmittable()
  @IsIn(RESULTS)
  result?: (typeof RESULTS)[number];

  @ApiPropertyOptional({ example: '+79161234567', description: 'Calls of one caller.' })
  @IsOmittable()
  @IsString()
  @Length(3, 30)
  caller?: string;
}

export class CallResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  eventId: string;

  @ApiProperty()
  direction: string;

  @ApiProperty()
  outcome: string;

  @ApiProperty({ type: String, nullable: true })
  caller: string | null;

  @ApiProperty()
  virtualNumber: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  calledAt: string | null;

  @ApiProperty({ format: 'date-time' })
  receivedAt: string;

  @ApiProperty({ enum: RESULTS })
  result: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why there was no apology.' })
  reason: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  messageId: string | null;

  static of(row: CallRow): CallResponse {
    return {
      id: row.id,
      eventId: row.event_id,
      direction: row.direction,
      outcome: row.outcome,
      caller: row.caller === null ? null : `+${row.caller}`,
      virtualNumber: `+${row.virtual_number}`,
      calledAt: row.called_at?.toISOString() ?? null,
      receivedAt: row.received_at.toISOString(),
      result: row.result,
      reason: row.reason,
      messageId: row.message_id,
    };
  }
}

export class CallPage {
  @ApiProperty({ type: [CallResponse] })
  data: CallResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

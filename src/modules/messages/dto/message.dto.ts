import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Length } from 'class-validator';
import { IsAfter, IsInstant, IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import { type AcceptedItem, MAX_ITEMS, MESSAGE_SOURCES, type MessageSource } from '../domain/accept-request.js';
import { LANES, MESSAGE_STATES, type MessageState } from '../domain/message.js';
import { HISTORY_KINDS, type HistoryEvent } from '../domain/message-history.js';
import type { AttemptRow, MessageRow, ReportRow } from '../persistence/sql/read-messages.js';

/** One recipient of a send; a bare string is the same as `{ "to": … }`. */
export class RecipientDto {
  @ApiProperty({ example: '+79161234567' })
  to: string;

  @ApiPropertyOptional({
    example: 'RU',
    description: 'Country of a number that is written without one; the account’s when absent.',
  })
  country?: string;

  @ApiPropertyOptional({ description: 'Its own text, before the request’s.' })
  text?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Values for the template.',
  })
  variables?: Record<string, string>;

  @ApiPropertyOptional({ description: 'Echoed with the message.' })
  reference?: string;

  @ApiPropertyOptional({ description: 'The portal’s own id, unique per account.' })
  externalId?: string;

  @ApiPropertyOptional({ enum: ['given', 'missing', 'not_required'] })
  consent?: string;
}

/** Read by hand (see send-request.ts); this class documents it. */
@ApiExtraModels(RecipientDto)
export class SendMessagesDto {
  @ApiProperty({
    type: 'array',
    minItems: 1,
    maxItems: MAX_ITEMS,
    items: {
      oneOf: [
        { $ref: getSchemaPath(RecipientDto) },
        {
          type: 'string',
          minLength: 1,
          maxLength: 64,
          example: '+79161234567',
          description: 'The same as `to` alone.',
        },
      ],
    },
  })
  recipients: (RecipientDto | string)[];

  @ApiPropertyOptional({ example: 'Ждём вас завтра в 10:00' })
  text?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  templateId?: string;

  @ApiPropertyOptional({ description: 'The account’s default sender when absent.' })
  sender?: string;

  @ApiPropertyOptional({ enum: ['transactional', 'bulk'], default: 'transactional' })
  lane?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'With an offset; now when absent.' })
  sendAt?: string;

  @ApiPropertyOptional({ description: 'For how long it is worth sending: 60 to 604,800.' })
  validitySeconds?: number;

  @ApiPropertyOptional({
    enum: ['partial', 'reject', 'wait'],
    description:
      'Messages that cannot be paid: refused, refused with all the others, or waiting for a top-up while they are valid. As the account chose when absent.',
  })
  onInsufficientFunds?: string;

  @ApiPropertyOptional({ enum: ['wait', 'drop'], default: 'wait', description: 'Outside the allowed hours.' })
  windowAction?: string;

  @ApiPropertyOptional({
    enum: ['any', 'transliterate', 'refuse'],
    description: 'What to do with letters that make a text dear.',
  })
  alphabetPolicy?: string;

  @ApiPropertyOptional({
    enum: ['at_most_once', 'at_least_once'],
    default: 'at_most_once',
    description:
      'When nobody knows whether a message left: never sent again, or sent once more after two minutes, so that it may arrive twice and is paid once.',
  })
  deliveryPolicy?: string;
}

export class SentItemDto {
  @ApiProperty({ description: 'Place in the request, from 0.' })
  index: number;

  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ['queued', 'scheduled', 'waiting_funds', 'blocked'] })
  status: string;

  @ApiPropertyOptional({ description: 'Why it was refused, or why it waits.' })
  code?: string;

  @ApiProperty()
  to: string;

  @ApiPropertyOptional()
  parts?: number;

  @ApiPropertyOptional({ enum: ['gsm7', 'ucs2'] })
  encoding?: string;

  @ApiPropertyOptional({ type: MoneyDto })
  price?: MoneyDto;

  @ApiPropertyOptional({ format: 'date-time' })
  dueAt?: string;

  @ApiPropertyOptional()
  reference?: string;

  @ApiPropertyOptional()
  externalId?: string;

  /** Named one by one: a thousand of them are made for a call, and gathering the rest of an object takes five times as long. */
  static of(this: void, item: AcceptedItem): SentItemDto {
    const { index, id, status, code, to, parts, encoding, price, dueAt, reference, externalId } = item;
    return {
      index,
      id,
      status,
      code,
      to,
      reference,
      externalId,
      parts,
      encoding,
      price: price && MoneyDto.of(price.micros, price.currency),
      dueAt: dueAt?.toISOString(),
    };
  }
}

export class SendResponse {
  @ApiProperty({ type: [SentItemDto], description: 'One for each recipient, in request order.' })
  items: SentItemDto[];
}

export class ListMessagesQuery extends PageQuery {
  @ApiPropertyOptional({ example: '+79161234567', description: 'All messages to one number.' })
  @IsOmittable()
  @IsString()
  @Length(1, 64)
  to?: string;

  @ApiPropertyOptional({ enum: MESSAGE_STATES })
  @IsOmittable()
  @IsIn(MESSAGE_STATES)
  state?: MessageState;

  @ApiPropertyOptional({ format: 'uuid', description: 'Messages of a campaign: its `groupId`.' })
  @IsOmittable()
  @IsUUID()
  groupId?: string;

  @ApiPropertyOptional({ enum: MESSAGE_SOURCES })
  @IsOmittable()
  @IsIn(MESSAGE_SOURCES)
  source?: MessageSource;

  @ApiPropertyOptional({ format: 'date-time', description: 'Accepted at this instant or later.' })
  @IsOmittable()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Accepted before this instant.' })
  @IsOmittable()
  @IsInstant()
  @IsAfter('from')
  until?: string;
}

export class MessageResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: 'The number; as it was written where it could not be read.' })
  to: string;

  @ApiProperty({ type: String, nullable: true })
  country: string | null;

  @ApiProperty({ type: String, nullable: true })
  sender: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null once it was erased.' })
  text: string | null;

  @ApiProperty({ type: String, enum: ['gsm7', 'ucs2'], nullable: true })
  encoding: string | null;

  @ApiProperty()
  parts: number;

  @ApiProperty({ enum: MESSAGE_STATES })
  state: string;

  @ApiProperty({ type: String, nullable: true, description: 'Why it is in this state, where there is a reason.' })
  reason: string | null;

  @ApiProperty({ type: MoneyDto })
  price: MoneyDto;

  @ApiProperty({ enum: ['none', 'held', 'captured', 'released', 'refunded'], description: 'Where its price is.' })
  chargeState: string;

  @ApiProperty({ enum: LANES })
  lane: string;

  @ApiProperty()
  source: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  groupId: string | null;

  @ApiProperty({ type: String, nullable: true })
  reference: string | null;

  @ApiProperty({ type: String, nullable: true })
  externalId: string | null;

  @ApiProperty({ format: 'date-time' })
  dueAt: string;

  @ApiProperty({ format: 'date-time' })
  validUntil: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time', description: 'When it came into its state.' })
  stateAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  submittedAt: string | null;

  static of(this: void, row: MessageRow): MessageResponse {
    return {
      id: row.id,
      to: row.country === null ? row.recipient : `+${row.recipient}`,
      country: row.country,
      sender: row.sender,
      text: row.body,
      encoding: row.encoding,
      parts: row.parts,
      state: row.state,
      reason: row.reason,
      price: MoneyDto.of(row.price_micros, row.currency),
      chargeState: row.charge_state,
      lane: row.lane,
      source: row.source,
      groupId: row.group_id,
      reference: row.reference,
      externalId: row.external_id,
      dueAt: row.due_at.toISOString(),
      validUntil: row.valid_until.toISOString(),
      createdAt: row.created_at.toISOString(),
      stateAt: row.state_at.toISOString(),
      submittedAt: row.submitted_at?.toISOString() ?? null,
    };
  }
}

export class MessagePage {
  @ApiProperty({ type: [MessageResponse] })
  data: MessageResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class AttemptPartDto {
  @ApiProperty()
  part: number;

  @ApiProperty()
  state: string;

  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;

  @ApiProperty({ format: 'date-time' })
  at: string;
}

export class AttemptDto {
  @ApiProperty()
  number: number;

  @ApiProperty({ enum: ['submitting', 'submitted', 'rejected', 'not_sent', 'unknown'] })
  state: string;

  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;

  @ApiProperty({ format: 'date-time' })
  startedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt: string | null;

  @ApiProperty({ type: [AttemptPartDto] })
  parts: AttemptPartDto[];

  static of(this: void, row: AttemptRow): AttemptDto {
    return {
      number: row.attempt_no,
      state: row.state,
      errorCode: row.error_code,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      parts: row.parts.map(({ part_no, state, error_code, state_at }) => ({
        part: part_no,
        state,
        errorCode: error_code,
        at: new Date(state_at).toISOString(),
      })),
    };
  }
}

export class DeliveryReportDto {
  @ApiProperty()
  status: string;

  @ApiProperty({ type: 'integer', nullable: true })
  part: number | null;

  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;

  @ApiProperty({ description: 'What we did with it: applied, or kept beside a state that stood already.' })
  outcome: string;

  @ApiProperty({ format: 'date-time' })
  receivedAt: string;

  static of(this: void, row: ReportRow): DeliveryReportDto {
    return {
      status: row.status,
      part: row.part_no,
      errorCode: row.error_code,
      outcome: row.outcome,
      receivedAt: row.received_at.toISOString(),
    };
  }
}

export class HistoryEventDto {
  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ enum: HISTORY_KINDS })
  kind: string;

  @ApiProperty({
    example: 'submitted',
    description: 'Of the message, its attempt or its price; what a report said; what operations decided.',
  })
  state: string;

  @ApiProperty({ type: 'integer', nullable: true })
  attempt: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  part: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'The reason, or the error code.' })
  code: string | null;

  static of(this: void, { at, ...event }: HistoryEvent): HistoryEventDto {
    return { at: at.toISOString(), ...event };
  }
}

export class MessageDetailResponse extends MessageResponse {
  @ApiProperty({ type: [AttemptDto] })
  attempts: AttemptDto[];

  @ApiProperty({ type: [DeliveryReportDto] })
  reports: DeliveryReportDto[];

  @ApiProperty({ type: [HistoryEventDto], description: 'All that happened to it, oldest first.' })
  history: HistoryEventDto[];
}

export class MessageStateDto {
  @ApiProperty({ enum: MESSAGE_STATES })
  state: string;

  @ApiProperty({ description: 'Its name in the caller’s language.' })
  title: string;

  @ApiProperty({ description: 'What it means, in the caller’s language.' })
  meaning: string;

  @ApiProperty()
  final: boolean;
}

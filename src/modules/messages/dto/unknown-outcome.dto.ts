import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { IsAfter, IsInstant, IsOmittable, IsText, MoneyDto, NestedList, PageQuery } from '../../../gateway/index.js';
import { parseInstant } from '../../../kernel/zoned-time.js';
import type { DecidedOutcome, UnknownFilter } from '../actions/decide-unknown.js';
import { CHARGE_STATES, LANES } from '../domain/message.js';
import { type Decision, DECISION_REFUSALS, DECISIONS } from '../domain/unknown-outcome.js';
import type { OpenOutcome } from '../persistence/sql/unknown-outcomes.js';

/** The most that one call decides about. */
export const MAX_DECIDED = 500;

export class ListUnknownQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Begun at this instant or later.' })
  @IsOmittable()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Begun before this instant.' })
  @IsOmittable()
  @IsInstant()
  @IsAfter('from')
  until?: string;
}

/** The bounds as instants. */
export function toUnknownFilter({ providerId, accountId, from, until }: Partial<ListUnknownQuery>): UnknownFilter {
  return {
    ...(providerId !== undefined && { providerId }),
    ...(accountId !== undefined && { accountId }),
    ...(from !== undefined && { since: parseInstant(from) }),
    ...(until !== undefined && { until: parseInstant(until) }),
  };
}

export class UnknownOutcomeDto {
  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ format: 'uuid' })
  messageId: string;

  @ApiProperty({ format: 'uuid' })
  attemptId: string;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ description: 'Which try of the message it was, from 1.' })
  attempt: number;

  @ApiProperty({ type: String, enum: ['at_least_once', 'forced'], nullable: true, description: 'Why it was a repeat.' })
  repeatReason: string | null;

  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;

  @ApiProperty({ type: String, nullable: true })
  errorDetail: string | null;

  @ApiProperty({ example: '+79161234567' })
  to: string;

  @ApiProperty({ enum: LANES })
  lane: string;

  @ApiProperty()
  parts: number;

  @ApiProperty({ type: MoneyDto })
  price: MoneyDto;

  @ApiProperty({ enum: CHARGE_STATES })
  chargeState: string;

  @ApiProperty({ format: 'date-time', description: 'When the attempt began.' })
  since: string;

  @ApiProperty({ format: 'date-time', description: 'When it is given up, or repeated, by itself.' })
  deadline: string;

  @ApiProperty({ format: 'date-time', description: 'Until when it is worth sending at all.' })
  validUntil: string;

  static of(this: void, row: OpenOutcome): UnknownOutcomeDto {
    return {
      accountId: row.accountId,
      messageId: row.messageId,
      attemptId: row.attemptId,
      providerId: row.providerId,
      attempt: row.attemptNo,
      repeatReason: row.repeatReason,
      errorCode: row.errorCode,
      errorDetail: row.errorDetail,
      to: `+${row.recipient}`,
      lane: row.lane,
      parts: row.parts,
      price: MoneyDto.of(row.priceMicros, row.currency),
      chargeState: row.chargeState,
      since: row.since.toISOString(),
      deadline: row.deadline.toISOString(),
      validUntil: row.validUntil.toISOString(),
    };
  }
}

export class UnknownOutcomePage {
  @ApiProperty({ type: [UnknownOutcomeDto] })
  data: UnknownOutcomeDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class UnknownKeyDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  accountId: string;

  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  messageId: string;
}

class DecisionDto {
  @ApiProperty({
    enum: DECISIONS,
    description:
      '`requeue`: send once more, flagged as forced; the phone may get it twice. `give_up`: what the deadline does, now.',
  })
  @IsIn(DECISIONS)
  decision: Decision;

  @ApiProperty({
    example: 'The operator confirmed that it lost everything between 10:00 and 10:05',
    description: 'Stands in the trail of the accounts concerned, which their users can read.',
  })
  @IsText(500)
  reason: string;
}

export class DecideUnknownDto extends DecisionDto {
  @ApiProperty({ type: [UnknownKeyDto], minItems: 1, maxItems: MAX_DECIDED })
  @NestedList(() => UnknownKeyDto, { min: 1, max: MAX_DECIDED })
  messages: UnknownKeyDto[];
}

export class DecideAllUnknownDto extends DecisionDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  providerId: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Begun at this instant or later.' })
  @IsOmittable()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Begun before this instant.' })
  @IsOmittable()
  @IsInstant()
  @IsAfter('from')
  until?: string;

  @ApiPropertyOptional({ description: '`nextCursor` of the call before.' })
  @IsOmittable()
  @IsText(500)
  cursor?: string;
}

export class DecidedDto {
  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ format: 'uuid' })
  messageId: string;

  @ApiProperty({ enum: ['requeued', 'given_up', 'refused'] })
  outcome: string;

  @ApiPropertyOptional({
    enum: DECISION_REFUSALS,
    description:
      'Why not. `not_unknown`: it is explained meanwhile. `taken_over`: the provider had it, or it is charged. `validity_over`: too late to send.',
  })
  code?: string;
}

export class DecidedResponse {
  @ApiProperty({ type: [DecidedDto], description: 'In the order of the request.' })
  data: DecidedDto[];
}

export class DecidedAllResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { requeued: 480, not_unknown: 20 },
  })
  counts: Record<string, number>;

  @ApiProperty({ type: String, nullable: true, description: 'With it the next call goes on; null: that was all.' })
  nextCursor: string | null;

  static countsOf(this: void, decided: readonly DecidedOutcome[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { outcome, code } of decided) counts[code ?? outcome] = (counts[code ?? outcome] ?? 0) + 1;
    return counts;
  }
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { IsAfter, IsDay, IsOmittable, MoneyDto, PageQuery } from '../../../gateway/index.js';
import { formatMicros, type Currency } from '../../../kernel/money.js';
import { MARGIN_GROUPS, type MarginGroup } from '../persistence/sql/read-margins.js';

export class ListMarginsQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    format: 'date',
    description: 'First day, UTC; a week before `until` when absent. Messages count on the day they were accepted.',
  })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date',
    description: 'The day after the last, at most 31 days after `from`; tomorrow when absent.',
  })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;

  @ApiPropertyOptional({
    enum: MARGIN_GROUPS,
    default: 'day',
    description: '`route`: provider and prefix of its purchase price.',
  })
  @IsOmittable()
  @IsIn(MARGIN_GROUPS)
  groupBy: MarginGroup = 'day';

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;
}

export interface MarginRow {
  key: string;
  label: string | null;
  currency: Currency;
  /** Empty: nobody knows what it cost. */
  costCurrency: string;
  messages: number;
  parts: number;
  revenue: bigint;
  cost: bigint;
}

export class CostDto {
  @ApiProperty({ type: String, example: '0.028000' })
  amount: string;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217: what the provider bills in.' })
  currency: string;
}

export class MarginDto {
  @ApiProperty({
    description: 'The day, or the id of the provider or account; of a route the provider’s id and the prefix.',
  })
  key: string;

  @ApiProperty({ type: String, nullable: true, description: 'The provider’s code or the account’s name.' })
  label: string | null;

  @ApiProperty({ type: 'integer' })
  messages: number;

  @ApiProperty({ type: 'integer', description: 'Parts that providers took over.' })
  parts: number;

  @ApiProperty({ type: MoneyDto, description: 'What accounts were charged, and not given back.' })
  revenue: MoneyDto;

  @ApiProperty({ type: CostDto, nullable: true, description: 'Null: neither an answer nor a purchase price says.' })
  cost: CostDto | null;

  @ApiProperty({ type: CostDto, nullable: true, description: 'Revenue less cost; null where their currencies differ.' })
  margin: CostDto | null;

  static of(this: void, row: MarginRow): MarginDto {
    const { key, label, messages, parts, currency, costCurrency, revenue, cost } = row;
    const known = costCurrency !== '';
    const same = costCurrency === currency;
    return {
      key,
      label,
      messages,
      parts,
      revenue: MoneyDto.of(revenue, currency),
      cost: known ? { amount: formatMicros(cost), currency: costCurrency } : null,
      margin: same ? { amount: formatMicros(revenue - cost), currency } : null,
    };
  }
}

export class MarginPageDto {
  @ApiProperty({ type: [MarginDto] })
  data: MarginDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

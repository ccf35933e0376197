import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsAfter, IsDay, IsOmittable, MoneyDto } from '../../../gateway/index.js';

export const GROUPINGS = ['day', 'state', 'source', 'country', 'provider'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export class StatisticsQuery {
  @ApiPropertyOptional({
    example: '2026-11-01',
    description: 'First day, in the account’s time zone; 30 days back when absent.',
  })
  @IsOmittable()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ example: '2026-12-01', description: 'The day after the last one; tomorrow when absent.' })
  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;

  @ApiPropertyOptional({ enum: GROUPINGS, default: 'day' })
  @IsOmittable()
  @IsIn(GROUPINGS)
  groupBy: Grouping = 'day';
}

export class StatisticsRow {
  @ApiProperty({
    example: '2026-11-02',
    description: 'The day (in the account’s time zone), state, source, country or provider id; empty: none.',
  })
  key: string;

  @ApiProperty({ description: 'Messages, refused ones included.' })
  messages: number;

  @ApiProperty()
  parts: number;

  @ApiProperty({ type: MoneyDto, description: 'What was charged for and not refunded.' })
  cost: MoneyDto;

  @ApiProperty({ type: MoneyDto, description: 'What is set aside for messages whose outcome is open.' })
  held: MoneyDto;
}

export class StatisticsResponse {
  @ApiProperty({ example: '2026-11-01' })
  from: string;

  @ApiProperty({ example: '2026-12-01' })
  until: string;

  @ApiProperty({ example: 'Europe/Moscow' })
  timeZone: string;

  @ApiProperty({ enum: GROUPINGS })
  groupBy: string;

  @ApiProperty({ type: [StatisticsRow], description: 'One for each key and currency.' })
  data: StatisticsRow[];
}

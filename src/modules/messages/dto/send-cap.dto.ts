import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsUUID, Matches, Max, Min } from 'class-validator';
import { IsNullable, IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { StoredCap } from '../actions/send-caps.js';
import { CAPPED_TRAFFIC, type CappedTraffic } from '../domain/caps.js';

export class SetSendCapDto {
  @ApiPropertyOptional({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'null: every account that has none of its own.',
  })
  @IsNullable()
  @IsUUID()
  accountId?: string | null;

  @ApiProperty({ enum: CAPPED_TRAFFIC, description: 'One-time codes, or everything else.' })
  @IsIn(CAPPED_TRAFFIC)
  traffic: CappedTraffic;

  @ApiProperty({
    example: 'PL',
    pattern: '^([A-Z]{2}|each|all)$',
    description: 'An ISO code; `each`: every other country by itself; `all`: all countries together.',
  })
  @Matches(/^([A-Z]{2}|each|all)$/, { context: { code: 'invalid_country' } })
  country: string;

  @ApiProperty({ example: 1_000, minimum: 0, maximum: 1_000_000_000, description: 'Messages a day (UTC); 0: none.' })
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  maxPerDay: number;
}

export class ListSendCapsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Those of one account.' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;
}

export class SendCapResponse {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  accountId: string | null;

  @ApiProperty({ enum: CAPPED_TRAFFIC })
  traffic: CappedTraffic;

  @ApiProperty({ example: 'PL' })
  country: string;

  @ApiProperty({ example: 1_000 })
  maxPerDay: number;

  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;

  static of(this: void, { id, accountId, traffic, country, maxPerDay, updatedAt }: StoredCap): SendCapResponse {
    return { id, accountId, traffic, country, maxPerDay, updatedAt: updatedAt.toISOString() };
  }
}

export class SendCapPage {
  @ApiProperty({ type: [SendCapResponse] })
  data: SendCapResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

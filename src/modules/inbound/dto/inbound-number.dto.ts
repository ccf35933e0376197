import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID, Matches } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { InboundNumberRow } from '../inbound-numbers.js';

export class CreateInboundNumberDto {
  @ApiProperty({ format: 'uuid', description: 'Over which messages to the number come.' })
  @IsUUID()
  providerId: string;

  @ApiProperty({
    example: '4321',
    description: 'Digits as the provider writes them: a short code, or with the country code.',
  })
  @Matches(/^\d{3,15}$/, { context: { code: 'invalid_number' } })
  address: string;

  @ApiProperty({ format: 'uuid', description: 'Whose messages to the number are.' })
  @IsUUID()
  accountId: string;
}

export class ListInboundNumbersQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;
}

export class InboundNumberDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ example: '4321' })
  address: string;

  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(this: void, row: InboundNumberRow): InboundNumberDto {
    return {
      id: row.id,
      providerId: row.provider_id,
      address: row.address,
      accountId: row.account_id,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class InboundNumberPage {
  @ApiProperty({ type: [InboundNumberDto] })
  data: InboundNumberDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

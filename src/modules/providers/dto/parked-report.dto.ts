import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { ParkedRow } from '../persistence/sql/read-parked.js';

export class ListParkedQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;
}

export class ParkedReportDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ description: 'The id that nothing was found by; empty when the report named none.' })
  providerMessageId: string;

  @ApiProperty({ type: String, nullable: true, description: 'Our reference, where the provider echoes it.' })
  clientReference: string | null;

  @ApiProperty({ enum: ['submitted', 'delivered', 'undelivered', 'expired', 'rejected', 'unknown'] })
  status: string;

  @ApiProperty({ description: 'A note on the way, never a final state.' })
  intermediate: boolean;

  @ApiProperty({ type: String, nullable: true })
  errorCode: string | null;

  @ApiProperty({ type: String, nullable: true })
  to: string | null;

  @ApiProperty({ type: String, nullable: true })
  sender: string | null;

  @ApiProperty({ format: 'date-time' })
  receivedAt: string;

  @ApiProperty({ description: 'How often it was looked for in vain.' })
  tries: number;

  @ApiProperty({ format: 'date-time' })
  nextTryAt: string;

  static of(this: void, row: ParkedRow): ParkedReportDto {
    return {
      id: row.id,
      providerId: row.provider_id,
      providerMessageId: row.provider_message_id,
      clientReference: row.client_reference,
      status: row.status,
      intermediate: row.intermediate,
      errorCode: row.error_code,
      to: row.recipient,
      sender: row.sender,
      receivedAt: row.received_at.toISOString(),
      tries: row.tries,
      nextTryAt: row.next_try_at.toISOString(),
    };
  }
}

export class ParkedReportPage {
  @ApiProperty({ type: [ParkedReportDto] })
  data: ParkedReportDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class ParkedReportDetailDto extends ParkedReportDto {
  @ApiProperty({ type: 'integer', nullable: true })
  part: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it happened, by the provider.' })
  doneAt: string | null;

  @ApiProperty({ description: 'As it came.' })
  raw: string;

  static detail(this: void, row: ParkedRow): ParkedReportDetailDto {
    const doneAt = row.done_at?.toISOString() ?? null;
    return { ...ParkedReportDto.of(row), part: row.part_no, doneAt, raw: row.raw };
  }
}

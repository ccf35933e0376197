import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import { LANES, type Lane } from '../../messages/index.js';

export class ListQueueQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  providerId?: string;

  @ApiPropertyOptional({ enum: LANES })
  @IsOmittable()
  @IsIn(LANES)
  lane?: Lane;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;
}

export class QueueTotalDto {
  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ type: String, nullable: true, example: 'operator-1' })
  providerCode: string | null;

  @ApiProperty({ enum: LANES })
  lane: Lane;

  @ApiProperty({
    type: 'integer',
    description: 'Messages that wait to leave at once; a moment old, as statistics are.',
  })
  queued: number;

  @ApiProperty({ type: 'integer', description: 'Messages that wait for their time; a moment old, as statistics are.' })
  scheduled: number;

  @ApiProperty({ type: 'integer', description: 'Messages that are being written to the provider now.' })
  inFlight: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the oldest message that could leave now was due; those of paused groups do not count.',
  })
  oldestDueAt: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'For how long it has been due.' })
  oldestDueSeconds: number | null;
}

export class QueueStreamsDto {
  @ApiProperty({ description: 'With something due, or a moment ago.' })
  open: number;

  @ApiProperty({ description: 'With nothing due yet.' })
  parked: number;

  @ApiProperty({ description: 'Of paused groups.' })
  paused: number;
}

export class QueueEntryDto extends QueueTotalDto {
  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ type: String, nullable: true })
  accountName: string | null;

  @ApiProperty({ type: QueueStreamsDto, description: 'The account’s groups (campaigns) that have something queued.' })
  streams: QueueStreamsDto;
}

export class QueuePageDto {
  @ApiProperty({ type: [QueueEntryDto] })
  data: QueueEntryDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class QueueTotalsDto {
  @ApiProperty({ type: [QueueTotalDto], description: 'By provider and lane; the most urgent lane first.' })
  data: QueueTotalDto[];
}

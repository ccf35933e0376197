import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';
import { IsOmittable, IsText } from '../../../gateway/index.js';
import { STAY_REASONS } from '../domain/backlog-move.js';
import { type Lane, LANES } from '../domain/message.js';

export class MoveBacklogDto {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  fromProviderId: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Absent: wherever the routes lead now.' })
  @IsOmittable()
  @IsUUID()
  toProviderId?: string;

  @ApiPropertyOptional({ enum: LANES })
  @IsOmittable()
  @IsIn(LANES)
  lane?: Lane;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOmittable()
  @IsUUID()
  accountId?: string;

  @ApiProperty({ example: 'The operator is out until tomorrow' })
  @IsText(500)
  reason: string;

  @ApiPropertyOptional({ description: '`nextCursor` of the call before.' })
  @IsOmittable()
  @IsText(500)
  cursor?: string;
}

export class MovedBacklogResponse {
  @ApiProperty({ type: 'integer' })
  moved: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { sender_not_allowed: 3 },
    description: `Why others stayed: ${STAY_REASONS.join(', ')}.`,
  })
  stayed: Record<string, number>;

  @ApiProperty({ type: String, nullable: true, description: 'With it the next call goes on; null: that was all.' })
  nextCursor: string | null;
}

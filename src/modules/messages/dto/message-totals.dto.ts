import { ApiProperty } from '@nestjs/swagger';
import { IsInstant, IsOmittable } from '../../../gateway/index.js';

export class MessageTotalsQuery {
  /** Accepted at this instant or later; a day ago when absent. */
  @IsOmittable()
  @IsInstant()
  from?: string;
}

export class MessageTotalsResponse {
  @ApiProperty({ description: 'Messages that were queued: all but the blocked ones.' })
  accepted: number;

  @ApiProperty({ description: 'Messages that were refused, each with its reason.' })
  blocked: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Accepted messages by state.',
  })
  states: Record<string, number>;

  @ApiProperty({ description: 'Parts of the accepted messages.' })
  parts: number;

  @ApiProperty({ description: 'Parts that providers took over, by our record: compare it with their bills.' })
  submitted: number;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import { EVENT_TYPES, TEST_EVENT } from '../domain/events.js';
import { DELIVERY_STATES, type DeliveryRow, type DeliveryState } from '../persistence/sql/deliveries.js';

export class ListWebhookDeliveriesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DELIVERY_STATES })
  @IsOmittable()
  @IsIn(DELIVERY_STATES)
  state?: DeliveryState;
}

export class WebhookDeliveryDto {
  @ApiProperty({ format: 'uuid', description: 'The header `webhook-id`: the same on every try.' })
  eventId: string;

  @ApiProperty({ enum: [...EVENT_TYPES, TEST_EVENT] })
  type: string;

  @ApiProperty({
    enum: DELIVERY_STATES,
    description: '`failed`: not tried any more, unless it is sent again by hand.',
  })
  state: DeliveryState;

  @ApiProperty({ type: 'integer', minimum: 0 })
  attempts: number;

  @ApiProperty({ type: 'integer', nullable: true, example: 500, description: 'The HTTP status of the last answer.' })
  lastStatus: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'response_timeout',
    description:
      'Why no answer came to the last attempt, such as `econnrefused`, `blocked_address`, `response_timeout`.',
  })
  lastError: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastAttemptAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Not before then.' })
  nextAttemptAt: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  deliveredAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  static of(this: void, row: DeliveryRow): WebhookDeliveryDto {
    return {
      eventId: row.event_id,
      type: row.type,
      state: row.state,
      attempts: row.attempts,
      lastStatus: row.last_status,
      lastError: row.last_error,
      lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
      nextAttemptAt: row.next_try_at?.toISOString() ?? null,
      deliveredAt: row.delivered_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class WebhookDeliveryWithBodyDto extends WebhookDeliveryDto {
  @ApiProperty({ description: 'The body of the request, byte by byte: what is signed.' })
  body: string;
}

export class WebhookDeliveryPage {
  @ApiProperty({ type: [WebhookDeliveryDto] })
  data: WebhookDeliveryDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

import { ApiProperty } from '@nestjs/swagger';
import { InboundMessageDto } from '../../inbound/index.js';
import { TEST_EVENT } from '../domain/events.js';

class WebhookEventDto {
  @ApiProperty({ format: 'uuid', description: 'As in `webhook-id`: the same however often it is told.' })
  id: string;

  @ApiProperty({ format: 'date-time', description: 'When it came to pass.' })
  timestamp: string;

  @ApiProperty({ format: 'uuid', description: 'The account that it happened in, for portals that serve several.' })
  accountId: string;
}

/** What a phone wrote. */
export class MessageInboundEventDto extends WebhookEventDto {
  @ApiProperty({ enum: ['message.inbound'] })
  type: string;

  @ApiProperty({ type: InboundMessageDto, description: 'As `GET /v1/inbound-messages` lists it.' })
  data: InboundMessageDto;
}

export class TestEventDataDto {
  @ApiProperty({ format: 'uuid' })
  endpointId: string;
}

/** Asked for by `POST /v1/webhook-endpoints/{id}/test`. */
export class TestEventDto extends WebhookEventDto {
  @ApiProperty({ enum: [TEST_EVENT] })
  type: string;

  @ApiProperty({ type: TestEventDataDto })
  data: TestEventDataDto;
}

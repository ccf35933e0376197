import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { IsLine, IsNullable, IsOmittable } from '../../../gateway/index.js';
import { EVENT_TYPES, type EventType } from '../domain/events.js';
import { DISABLED_REASONS, type EndpointRow } from '../persistence/sql/endpoints.js';

const URL_LENGTH = 1_000;

export class CreateWebhookEndpointDto {
  @ApiProperty({
    example: 'https://portal.example/hooks/sms',
    description: 'Over https, on the public internet. Redirects are not followed.',
  })
  @IsLine(URL_LENGTH)
  url: string;

  @ApiProperty({ enum: EVENT_TYPES, isArray: true, example: ['message.inbound'], description: 'What it is told.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(EVENT_TYPES, { each: true })
  events: EventType[];

  @ApiPropertyOptional({ type: String, nullable: true, example: 'The clinic’s calendar' })
  @IsNullable()
  @IsLine(200)
  description?: string | null;

  @ApiPropertyOptional({ default: true })
  @IsOmittable()
  @IsBoolean()
  enabled?: boolean;
}

export class UpdateWebhookEndpointDto extends PartialType(CreateWebhookEndpointDto, { skipNullProperties: false }) {}

export class RotateWebhookSecretDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 168,
    default: 24,
    description: 'Hours for which requests carry the signature of the old secret as well. 0: it is known to somebody.',
  })
  @IsOmittable()
  @IsInt()
  @Min(0)
  @Max(168)
  overlapHours?: number;
}

export class WebhookEndpointDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'https://portal.example/hooks/sms' })
  url: string;

  @ApiProperty({ enum: EVENT_TYPES, isArray: true })
  events: EventType[];

  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  @ApiProperty({ description: 'false: events that come to pass meanwhile are not told it, neither then nor later.' })
  enabled: boolean;

  @ApiProperty({
    type: String,
    enum: DISABLED_REASONS,
    nullable: true,
    description:
      'Why it was disabled by the system: nothing could be delivered for five days, or it answered 410. Null: it was not.',
  })
  disabledReason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Nothing could be delivered since.' })
  failingSince: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until then requests also carry the signature of the secret before.',
  })
  previousSecretExpiresAt: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  static of(this: void, row: EndpointRow): WebhookEndpointDto {
    return {
      id: row.id,
      url: row.url,
      events: row.events,
      description: row.description,
      enabled: row.enabled,
      disabledReason: row.disabled_reason,
      failingSince: row.failing_since?.toISOString() ?? null,
      previousSecretExpiresAt: row.previous_secret_until?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class WebhookEndpointWithSecretDto extends WebhookEndpointDto {
  @ApiProperty({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    description: 'Told here and never again. What follows `whsec_` is base64 of the key of the signature.',
  })
  secret: string;
}

export class WebhookEndpointPage {
  @ApiProperty({ type: [WebhookEndpointDto] })
  data: WebhookEndpointDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

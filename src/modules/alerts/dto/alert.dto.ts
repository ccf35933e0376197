import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { IsOmittable, PageQuery } from '../../../gateway/index.js';
import type { Locale } from '../../../kernel/locale.js';
import { ALERT_KINDS, ALERT_TITLES, type AlertKind, REASON_TEXTS } from '../domain/alert-kinds.js';

const STATES = ['open', 'all'] as const;

export class ListAlertsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: STATES, default: 'open', description: '`all`: also what is over.' })
  @IsOmittable()
  @IsIn(STATES)
  state: (typeof STATES)[number] = 'open';
}

export interface AlertRow {
  id: string;
  kind: AlertKind;
  subject: string;
  reason: string;
  detail: string | null;
  times: number;
  raised_at: Date;
  last_at: Date;
  resolved_at: Date | null;
}

export class AlertDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: ALERT_KINDS })
  kind: AlertKind;

  @ApiProperty({ description: 'In the caller’s language.', example: 'A provider is paused; its messages wait' })
  title: string;

  @ApiProperty({ description: 'What it is about.', example: 'provider:0199f1c2-6b8e-7000-8000-4a1f6d2c9b10' })
  subject: string;

  @ApiProperty({ description: 'A code, or what a person wrote.', example: 'credentials_refused' })
  reason: string;

  @ApiProperty({ type: String, nullable: true, description: 'The code as a sentence, in the caller’s language.' })
  explanation: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The words of whoever caused it.',
    example: '401: HTTP 401',
  })
  detail: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'How often it happened since it was raised.' })
  times: number;

  @ApiProperty({ format: 'date-time' })
  raisedAt: string;

  @ApiProperty({ format: 'date-time' })
  lastAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it still holds.' })
  resolvedAt: string | null;

  static of(this: void, row: AlertRow, locale: Locale): AlertDto {
    return {
      id: row.id,
      kind: row.kind,
      title: ALERT_TITLES[row.kind][locale],
      subject: row.subject,
      reason: row.reason,
      explanation: REASON_TEXTS[row.reason]?.[locale] ?? null,
      detail: row.detail,
      times: row.times,
      raisedAt: row.raised_at.toISOString(),
      lastAt: row.last_at.toISOString(),
      resolvedAt: row.resolved_at?.toISOString() ?? null,
    };
  }
}

export class AlertPageDto {
  @ApiProperty({ type: [AlertDto] })
  data: AlertDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

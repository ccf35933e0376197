import { ApiProperty, OmitType } from '@nestjs/swagger';
import type { AuditedEvent } from '../../accounts/index.js';
import type { AttemptRow, ReportRow, WholeMessageRow } from '../persistence/sql/read-messages.js';
import { AttemptDto, AttemptPartDto, DeliveryReportDto, HistoryEventDto, MessageResponse } from './message.dto.js';

export class StaffAttemptPartDto extends AttemptPartDto {
  @ApiProperty({ type: String, nullable: true, description: 'The provider’s own id of the part.' })
  providerMessageId: string | null;
}

export class StaffAttemptDto extends OmitType(AttemptDto, ['parts']) {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ description: 'What was sent along as our reference.' })
  clientReference: string;

  @ApiProperty({ type: String, enum: ['at_least_once', 'forced'], nullable: true, description: 'Why it was a repeat.' })
  repeatReason: string | null;

  @ApiProperty({ format: 'uuid', description: 'The worker that wrote it.' })
  worker: string;

  @ApiProperty({ type: String, nullable: true })
  errorDetail: string | null;

  @ApiProperty({ type: [StaffAttemptPartDto] })
  parts: StaffAttemptPartDto[];

  static of(this: void, row: AttemptRow): StaffAttemptDto {
    return {
      ...AttemptDto.of(row),
      id: row.id,
      providerId: row.provider_id,
      clientReference: row.client_reference,
      repeatReason: row.repeat_reason,
      worker: row.worker,
      errorDetail: row.error_detail,
      parts: AttemptDto.of(row).parts.map((part, index) => ({
        ...part,
        providerMessageId: row.parts[index]!.provider_message_id,
      })),
    };
  }
}

export class StaffReportDto extends DeliveryReportDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  providerId: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  attemptId: string | null;

  @ApiProperty()
  providerMessageId: string;

  @ApiProperty({ description: 'A note on the way, never a final state.' })
  intermediate: boolean;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it happened, by the provider.' })
  doneAt: string | null;

  @ApiProperty({ description: 'As it came.' })
  raw: string;

  static whole(this: void, row: ReportRow): StaffReportDto {
    return {
      ...DeliveryReportDto.of(row),
      id: row.id,
      providerId: row.provider_id,
      attemptId: row.attempt_id,
      providerMessageId: row.provider_message_id,
      intermediate: row.intermediate,
      doneAt: row.done_at?.toISOString() ?? null,
      raw: row.raw,
    };
  }
}

export class MessageDecisionDto {
  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ example: 'message.requeued' })
  action: string;

  @ApiProperty({ enum: ['user', 'api_key', 'staff', 'system'] })
  actorKind: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  actorId: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { reason: 'The operator lost it' } })
  details: Record<string, unknown>;

  static of(this: void, { at, action, actorKind, actorId, details }: AuditedEvent): MessageDecisionDto {
    return { at: at.toISOString(), action, actorKind, actorId, details };
  }
}

export class StaffMessageResponse extends MessageResponse {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The one that it was last handed to, or waits for.',
  })
  providerId: string | null;

  @ApiProperty({ enum: ['at_most_once', 'at_least_once'] })
  deliveryPolicy: string;

  @ApiProperty({ type: String, enum: ['submit', 'delivery'], nullable: true, description: 'When its tariff charges.' })
  chargeOn: string | null;

  @ApiProperty({ type: Boolean, nullable: true })
  refundUndelivered: boolean | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Entry of the ledger.' })
  holdEntryId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  settleEntryId: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  refundEntryId: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finalAt: string | null;

  @ApiProperty({ type: [StaffAttemptDto] })
  attempts: StaffAttemptDto[];

  @ApiProperty({ type: [StaffReportDto] })
  reports: StaffReportDto[];

  @ApiProperty({ type: [MessageDecisionDto], description: 'What operations did with it.' })
  decisions: MessageDecisionDto[];

  @ApiProperty({ type: [HistoryEventDto], description: 'All that happened to it, oldest first.' })
  history: HistoryEventDto[];

  static facts(
    this: void,
    row: WholeMessageRow,
  ): Omit<StaffMessageResponse, 'attempts' | 'reports' | 'decisions' | 'history'> {
    return {
      ...MessageResponse.of(row),
      providerId: row.provider_id,
      deliveryPolicy: row.delivery_policy,
      chargeOn: row.charge_on,
      refundUndelivered: row.refund_undelivered,
      holdEntryId: row.hold_entry_id,
      settleEntryId: row.settle_entry_id,
      refundEntryId: row.refund_entry_id,
      finalAt: row.final_at?.toISOString() ?? null,
    };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import type { AuditRow } from '../persistence/accounts.repository.js';

export class AuditEventDto {
  id: string;
  @ApiProperty({ type: String, format: 'date-time' })
  at: string;
  actorKind: 'user' | 'api_key' | 'staff' | 'system';
  /** Absent for the system, and not told for the operator's staff. */
  actorId: string | null;

  /** @example "account.changed" */
  action: string;

  /** @example "account:0199f1c2-6b8e-7000-8000-4a1f6d2c9b10" */
  subject: string;

  @ApiProperty({ type: Object, additionalProperties: true })
  details: Record<string, unknown>;

  /** As the account's own users see it. */
  static forTenant(this: void, row: AuditRow): AuditEventDto {
    return { ...AuditEventDto.forStaff(row), actorId: row.actor_kind === 'staff' ? null : row.actor_id };
  }

  static forStaff(this: void, row: AuditRow): AuditEventDto {
    return {
      id: row.id,
      at: row.at.toISOString(),
      actorKind: row.actor_kind,
      actorId: row.actor_id,
      action: row.action,
      subject: row.subject,
      details: row.details,
    };
  }
}

export class AuditPageDto {
  @ApiProperty({ type: [AuditEventDto] })
  data: AuditEventDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

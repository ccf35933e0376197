import { Injectable } from '@nestjs/common';
import type { Database, Tx } from '../../database/database.js';
import type { Actor } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { IdSequence } from '../../kernel/ids.js';

export interface AuditEvent {
  accountId: string;
  actor: Actor;
  /** `<noun>.<past verb>`: `account.suspended`, `api_key.revoked`. */
  action: string;
  /** What was changed: `<noun>:<id>`. */
  subject: string;
  /** What changed. Never secrets, codes, texts or whole phone numbers. */
  details?: Record<string, unknown>;
}

/** A row of the trail, as it is read. */
export interface AuditedEvent {
  at: Date;
  actorKind: Actor['kind'];
  actorId: string | null;
  action: string;
  details: Record<string, unknown>;
}

/** Who changed what in an account. Rows are written in the transaction of the change and never edited. */
@Injectable()
export class AccountAudit {
  private ids: { sequence: IdSequence; at: number } | undefined;

  constructor(private readonly clock: Clock) {}

  async record(tx: Tx, event: AuditEvent): Promise<void> {
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO account_audit (account_id, id, at, actor_kind, actor_id, action, subject, details)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        event.accountId,
        this.nextId(now),
        now,
        event.actor.kind,
        event.actor.id,
        event.action,
        event.subject,
        JSON.stringify(event.details ?? {}),
      ],
    );
  }

  /** The same for many at once, in one statement. */
  async recordAll(tx: Tx, events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO account_audit (account_id, id, at, actor_kind, actor_id, action, subject, details)
       SELECT e.account_id, e.id, $3, e.actor_kind, e.actor_id, e.action, e.subject, e.details
         FROM unnest($1::uuid[], $2::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[])
                AS e (account_id, id, actor_kind, actor_id, action, subject, details)`,
      [
        events.map(({ accountId }) => accountId),
        events.map(() => this.nextId(now)),
        now,
        events.map(({ actor }) => actor.kind),
        events.map(({ actor }) => actor.id),
        events.map(({ action }) => action),
        events.map(({ subject }) => subject),
        events.map(({ details }) => JSON.stringify(details ?? {})),
      ],
    );
  }

  /** What was done to one message of an account, oldest first. */
  aboutMessage(on: Database | Tx, accountId: string, messageId: string): Promise<AuditedEvent[]> {
    return on.query<AuditedEvent & Record<string, unknown>>(
      `SELECT at, actor_kind AS "actorKind", actor_id AS "actorId", action, details FROM account_audit
        WHERE account_id = $1 AND subject = $2 AND subject LIKE 'message:%' ORDER BY id LIMIT 100`,
      [accountId, `message:${messageId}`],
    );
  }

  /** Rows of one process sort as they were written, also within a millisecond. */
  private nextId(now: Date): string {
    if (this.ids?.at !== now.getTime()) this.ids = { sequence: new IdSequence(now), at: now.getTime() };
    return this.ids.sequence.next();
  }
}

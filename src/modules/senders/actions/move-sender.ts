import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountAudit, SetDefaultSender } from '../../accounts/index.js';
import { SENDER_MOVES, type SenderMove, type SenderStatus } from '../domain/sender-status.js';
import { SenderCache } from '../persistence/sender-cache.js';
import { type SenderRow, SendersRepository } from '../persistence/senders.repository.js';
import { senderNotFound, senderState } from '../senders.errors.js';

/** Outbox topic: the operator approved, refused or revoked a name, or the account withdrew it. */
const SENDERS_DECIDED = 'senders.decided';

/**
 * Approves, refuses, revokes and withdraws names. A default that is approved nowhere any more gives way to the platform's standard
 * sender in the same transaction, so that what names no sender goes on.
 */
@Injectable()
export class MoveSender {
  constructor(
    private readonly database: Database,
    private readonly repository: SendersRepository,
    private readonly cache: SenderCache,
    private readonly setDefault: SetDefaultSender,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  /** Refuses an unknown one (not_found) and one that is not in a state for it: conflict `sender_state`. */
  async run(accountId: string, id: string, to: SenderMove, by: { actor: Actor; reason?: string }): Promise<SenderRow> {
    return this.database.transaction(async (tx) => {
      const named = await this.repository.lockName(tx, accountId, id);
      const before = named.find((row) => row.id === id);
      if (!before) throw senderNotFound();
      const from: readonly SenderStatus[] = SENDER_MOVES[to];
      if (!from.includes(before.status)) throw senderState(before.status);
      const now = this.clock.now();
      const row = await this.repository.move(tx, before, to, by.reason ?? null, now);
      const newDefault = await this.followDefault(tx, row, named);
      await this.record(tx, row, by, newDefault);
      await writeOutbox(tx, [{ accountId, topic: SENDERS_DECIDED, payload: { senderId: id, status: to } }], now);
      tx.afterCommit(() => this.cache.invalidate(accountId));
      return row;
    });
  }

  /** Makes an approved one the default if that was asked for, and stops one that was approved nowhere else from being it. */
  private async followDefault(tx: Tx, row: SenderRow, named: readonly SenderRow[]): Promise<string | undefined> {
    const { account_id: accountId, sender } = row;
    if (row.status === 'approved') return row.as_default ? this.setDefault.run(tx, accountId, { sender }) : undefined;
    const elsewhere = named.some(({ id, status }) => id !== row.id && status === 'approved');
    if (elsewhere || row.status === 'refused') return undefined;
    return this.setDefault.run(tx, accountId, { sender: null, instead: sender });
  }

  private record(
    tx: Tx,
    { account_id: accountId, id, sender, country, status }: SenderRow,
    { actor, reason }: { actor: Actor; reason?: string },
    newDefault: string | undefined,
  ): Promise<void> {
    const details = { sender, country, ...(reason && { reason }), ...(newDefault && { newDefault }) };
    return this.audit.record(tx, { accountId, actor, action: `sender.${status}`, subject: `sender:${id}`, details });
  }
}

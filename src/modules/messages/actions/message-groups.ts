import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import type { CreateGroup, GroupState, MessageGroup } from '../domain/message-group.js';
import type { MessageState } from '../domain/message.js';
import { FIND_CANCELLED_GROUPS, SET_GROUP_STREAMS } from '../persistence/sql/group-streams.js';
import { MessageCanceller } from './cancel-messages.js';

/** Most messages that are cancelled in the transaction that cancels their group; the others follow it. */
const CANCELLED_AT_ONCE = 500;
const GROUPS_A_SWEEP = 100;

interface GroupRow {
  account_id: string;
  id: string;
  kind: string;
  label: string;
  state: GroupState;
  reservation_id: string | null;
  sending_window: WeeklyWindow | null;
}

/** What belongs together. Producers steer their group; dispatch reads it. */
@Injectable()
export class MessageGroups {
  private readonly logger = new Logger('message-groups');

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly canceller: MessageCanceller,
    private readonly hints: QueueHints,
  ) {}

  /** Opens a group. A reservation must belong to the account. */
  async create(tx: Tx, group: CreateGroup): Promise<MessageGroup> {
    const [row] = await tx.query<GroupRow>(
      `INSERT INTO message_groups (account_id, id, kind, label, state, reservation_id, sending_window, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $7) RETURNING *`,
      [
        group.accountId,
        newId(this.clock.now()),
        group.kind,
        group.label,
        group.reservationId ?? null,
        group.window ? JSON.stringify(group.window) : null,
        this.clock.now(),
      ],
    );
    return toGroup(row!);
  }

  /**
   * Sets a group's state. Repeating is harmless. Refuses: not_found `group_not_found`, conflict `group_cancelled` (for good).
   * Cancelling also cancels what waits, some hundred messages in this transaction and the rest right after it; what is being
   * written to a provider at that moment leaves.
   */
  async setState(tx: Tx, accountId: string, groupId: string, state: GroupState): Promise<void> {
    const [group] = await tx.query<GroupRow>(
      `SELECT * FROM message_groups WHERE account_id = $1 AND id = $2 FOR UPDATE`,
      [accountId, groupId],
    );
    if (!group) throw new DomainError('not_found', 'group_not_found');
    if (group.state === state) return;
    if (group.state === 'cancelled') throw new DomainError('conflict', 'group_cancelled');
    const now = this.clock.now();
    await tx.query(`UPDATE message_groups SET state = $3, updated_at = $4 WHERE account_id = $1 AND id = $2`, [
      accountId,
      groupId,
      state,
      now,
    ]);
    if (state === 'cancelled') await this.cancelFirst(tx, accountId, groupId, now);
    const streams = await tx.query<{ providerId: string }>(SET_GROUP_STREAMS, [
      accountId,
      groupId,
      state === 'paused' ? 'paused' : 'open',
    ]);
    if (state !== 'paused') tx.afterCommit(() => this.hints.queued(streams.map(({ providerId }) => providerId)));
  }

  /** Messages of a group by state; states that none is in are absent. */
  async counts(accountId: string, groupId: string): Promise<Partial<Record<MessageState, number>>> {
    const rows = await this.database.query<{ state: MessageState; count: number }>(
      `SELECT state, count(*)::int AS count FROM messages WHERE account_id = $1 AND group_id = $2 GROUP BY state`,
      [accountId, groupId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  }

  /** Finishes cancellations that a process did not live to finish. Answers how many messages that were. */
  async sweepCancelled(): Promise<number> {
    const groups = await this.database.query<{ accountId: string; id: string }>(FIND_CANCELLED_GROUPS, [
      GROUPS_A_SWEEP,
    ]);
    let cancelled = 0;
    for (const { accountId, id } of groups) cancelled += await this.canceller.cancelGroup(accountId, id);
    return cancelled;
  }

  private async cancelFirst(tx: Tx, accountId: string, groupId: string, now: Date): Promise<void> {
    const cancelled = await this.canceller.cancelWaiting(tx, accountId, groupId, CANCELLED_AT_ONCE, now);
    if (cancelled < CANCELLED_AT_ONCE) return;
    tx.afterCommit(() => {
      this.canceller
        .cancelGroup(accountId, groupId)
        .catch((error: unknown) => this.logger.warn({ groupId, err: error, msg: 'the sweep will cancel the rest' }));
    });
  }
}

function toGroup(row: GroupRow): MessageGroup {
  return {
    id: row.id,
    accountId: row.account_id,
    kind: row.kind,
    label: row.label,
    state: row.state,
    reservationId: row.reservation_id,
    window: row.sending_window,
  };
}

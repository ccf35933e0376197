import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import type { Actor } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { NIL_ID } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { type ProviderSnapshot, ProvidersService, type RouteBook } from '../../providers/index.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import { moveTo, type StayReason } from '../domain/backlog-move.js';
import { ChangeTally } from '../domain/changes.js';
import { type Lane, laneNumber } from '../domain/message.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { LOCK_QUEUED_OF_PROVIDER, MOVE_QUEUED } from '../persistence/sql/move-queued.js';
import { openStreams } from '../persistence/sql/open-streams.js';

export interface BacklogMove {
  from: string;
  /** Absent: wherever the routes lead now, as if the messages were accepted just then. */
  to?: string;
  lane?: Lane;
  accountId?: string;
  reason: string;
  actor: Actor;
}

/** Behind which message of the queue to go on: lane, account, group, rate of the sender, due time, message. */
export type BacklogCursor = readonly [number, string, string, number, string, string];

export interface MovedBacklog {
  moved: number;
  stayed: Partial<Record<StayReason, number>>;
  /** Null: that was all. */
  next: BacklogCursor | null;
}

/** Messages of one transaction, and of one call. */
const BATCH = 500;
const MAX_BATCHES = 10;
const BEFORE_ALL: BacklogCursor = [-1, NIL_ID, NIL_ID, 0, '-infinity', NIL_ID];

type Waiting = ClaimedMessage & { dueText: string; refusedBy: string[] | null };
interface Departure {
  message: Waiting;
  providerId: string;
  sender: string | null;
}

/**
 * Hands what waits for one provider to another, or to where the routes lead now, a few hundred in a transaction. Prices, holds, due
 * times and validity stay as they are; what a worker has claimed stays where it is. Lock order: queue rows, messages, streams.
 */
@Injectable()
export class MoveBacklog {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly providers: ProvidersService,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly hints: QueueHints,
  ) {}

  /** At most 5,000 messages. Refuses: not_found `provider_not_found`, conflict `provider_state` and `provider_account_owned`, invalid `same_provider`. */
  async execute(move: BacklogMove, after: BacklogCursor | null): Promise<MovedBacklog> {
    this.providers.invalidate();
    const from = await this.providers.get(move.from);
    // Priced by a fee, because the account pays its provider itself: nobody else may carry it for that.
    if (from.ownerAccountId !== null) throw new DomainError('conflict', 'provider_account_owned');
    const target = move.to === undefined ? undefined : await this.target(move.from, move.to);
    const result: MovedBacklog = { moved: 0, stayed: {}, next: after };
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const found = await this.moveBatch(move, target, result);
      if (found < BATCH) return { ...result, next: null };
    }
    return result;
  }

  private async target(from: string, to: string): Promise<ProviderSnapshot> {
    if (from === to) throw new DomainError('invalid', 'same_provider');
    const target = await this.providers.get(to);
    // One that an account owns carries that account's messages only, and under a tariff of its own.
    if (target.ownerAccountId !== null) throw new DomainError('not_found', 'provider_not_found');
    if (target.status !== 'active')
      throw new DomainError('conflict', 'provider_state', { params: { status: target.status } });
    return target;
  }

  /** Answers how many messages it looked at. */
  private async moveBatch(
    move: BacklogMove,
    target: ProviderSnapshot | undefined,
    result: MovedBacklog,
  ): Promise<number> {
    const now = this.clock.now();
    const platform = await this.accounts.platformAccountId();
    const book = await this.providers.routes();
    const providers = new Map((await this.providers.list()).map((provider) => [provider.id, provider]));
    const { waiting, departures, stayed } = await this.database.transaction(async (tx) => {
      const rows = await this.lock(tx, move, result.next);
      const decided = rows.map((message) => ({
        message,
        decision: moveTo(message, target ?? routed(message, move.from, book, providers)),
      }));
      const leaving = decided.flatMap(({ message, decision }): Departure[] =>
        typeof decision === 'string' ? [] : [{ message, ...decision }],
      );
      await this.move(tx, leaving, now);
      await this.record(tx, platform, move, leaving);
      return {
        waiting: rows,
        departures: leaving,
        stayed: decided.flatMap(({ decision }) => (typeof decision === 'string' ? [decision] : [])),
      };
    });
    result.moved += departures.length;
    for (const reason of stayed) result.stayed[reason] = (result.stayed[reason] ?? 0) + 1;
    const last = waiting.at(-1);
    if (last) result.next = [last.laneNo, last.accountId, last.groupId, last.pacedBy, last.dueText, last.id];
    return waiting.length;
  }

  private lock(tx: Tx, { from, lane, accountId }: BacklogMove, after: BacklogCursor | null): Promise<Waiting[]> {
    return tx.query<Waiting & Record<string, unknown>>(LOCK_QUEUED_OF_PROVIDER, [
      from,
      lane === undefined ? null : laneNumber(lane),
      accountId ?? null,
      ...(after ?? BEFORE_ALL),
      BATCH,
    ]);
  }

  private async move(tx: Tx, departures: readonly Departure[], now: Date): Promise<void> {
    if (departures.length === 0) return;
    await tx.query(MOVE_QUEUED, [
      departures.map(({ message }) => message.accountId),
      departures.map(({ message }) => message.id),
      departures.map(({ providerId }) => providerId),
      departures.map(({ sender }) => sender),
    ]);
    const changes = new ChangeTally();
    for (const { message, providerId } of departures)
      changes.move(message, { state: message.state, chargeState: message.chargeState, providerId });
    await writeOutbox(tx, changes.events(), now);
    const streams = departures.map(({ message, providerId }) => ({
      providerId,
      lane: message.laneNo,
      accountId: message.accountId,
      groupId: message.groupId,
      pacedBy: 0,
      readyAt: message.dueAt,
    }));
    await openStreams(tx, streams, now);
    tx.afterCommit(() => this.hints.queued(new Set(departures.map(({ providerId }) => providerId))));
  }

  /** One row for each batch: how many went where, for whom, and why. */
  private async record(tx: Tx, platform: string, move: BacklogMove, departures: readonly Departure[]): Promise<void> {
    if (departures.length === 0) return;
    const { from, lane, accountId, reason, actor } = move;
    const to: Record<string, number> = {};
    for (const { providerId } of departures) to[providerId] = (to[providerId] ?? 0) + 1;
    const accounts = new Set(departures.map(({ message }) => message.accountId)).size;
    const details = { reason, to, accounts, lane: lane ?? null, accountId: accountId ?? null };
    const action = 'provider.backlog_moved';
    await this.audit.record(tx, { accountId: platform, actor, action, subject: `provider:${from}`, details });
  }
}

/** Where the routes lead now, if that is elsewhere, can send and has not refused the message. */
function routed(
  { recipient, lane, refusedBy }: Waiting,
  from: string,
  book: RouteBook,
  providers: ReadonlyMap<string, ProviderSnapshot>,
): ProviderSnapshot | null {
  const picked = book.pick(recipient, lane);
  if (!picked) return null;
  const ids = [picked.providerId, ...picked.alternatives].filter((id) => id !== from && !refusedBy?.includes(id));
  return (
    ids.map((id) => providers.get(id)).find((provider) => provider?.status === 'active' && !provider.isFailing) ?? null
  );
}

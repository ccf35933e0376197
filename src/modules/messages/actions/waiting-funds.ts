import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, together, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { newId, NIL_ID } from '../../../kernel/ids.js';
import { AccountsService } from '../../accounts/index.js';
import { type HoldDecision, LedgerService } from '../../wallets/index.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import { ChangeTally } from '../domain/changes.js';
import { chargeAfter } from '../domain/transitions.js';
import { affordable } from '../domain/waiting-funds.js';
import {
  FIND_WAITERS,
  FIND_WAITS_OF_ACCOUNT,
  LOCK_EXPIRED_WAITS,
  LOCK_OLDEST_WAITS,
  LOCK_WAIT,
  LOCK_WAITS_OF_GROUP,
  RELEASE_WAITS,
  REMOVE_WAITS,
  type Waiter,
  type WaitingMessage,
} from '../persistence/sql/message-waits.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { MessageMover, MovedMeanwhile } from '../settle/message-mover.js';

/** Messages of one transaction; a longer one would keep the wallet from everybody else. */
const BATCH = 500;
/** Bound of one call: half a million messages. */
const MAX_BATCHES = 1_000;
const WAITERS_A_PAGE = 100;

/**
 * Messages that wait for funds. They go on by themselves, oldest first, as far as the money reaches: right after a top-up in this
 * process (a hint), and on schedule whatever it was that freed money. Their text, route and price are those of accept.
 *
 * Lock order: the rows of `message_waits` by message, then wallets, messages, streams.
 */
@Injectable()
export class WaitingFunds implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('waiting-funds');
  private readonly hinted = new Map<string, Promise<void>>();
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly ledger: LedgerService,
    private readonly mover: MessageMover,
    private readonly hints: QueueHints,
  ) {}

  onModuleInit(): void {
    this.ledger.onFunds((accountId) => this.hint(accountId));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.hinted.values());
  }

  /** Everybody's, oldest first, as far as each wallet reaches; and ends what is not valid any more. */
  async sweep(): Promise<{ released: number; expired: number }> {
    const expired = await this.expire();
    let released = 0;
    let after: Waiter = { accountId: NIL_ID, currency: '' as Waiter['currency'] };
    for (let page = 0; page < MAX_BATCHES; page++) {
      const waiters = await this.database.query<Waiter & Record<string, unknown>>(FIND_WAITERS, [
        after.accountId,
        after.currency,
        WAITERS_A_PAGE,
      ]);
      for (const waiter of waiters) released += await this.releaseIn(waiter);
      if (waiters.length < WAITERS_A_PAGE) break;
      after = waiters.at(-1)!;
    }
    return { released, expired };
  }

  /** Those of one account; answers how many went on. */
  async release(accountId: string): Promise<number> {
    const currencies = await this.database.query<Pick<Waiter, 'currency'>>(FIND_WAITS_OF_ACCOUNT, [accountId]);
    let released = 0;
    for (const { currency } of currencies) released += await this.releaseIn({ accountId, currency });
    return released;
  }

  /** Ends those whose validity is over: nothing was held, so nothing goes back. Answers how many. */
  async expire(): Promise<number> {
    return inBatches(() =>
      this.database.transaction(async (tx) => {
        const now = this.clock.now();
        const expired = await tx.query<WaitingMessage>(LOCK_EXPIRED_WAITS, [now, BATCH]);
        await this.end(tx, expired, { to: 'expired', cause: 'validity', reason: 'validity' }, now);
        return expired.length;
      }),
    );
  }

  /** Cancels one, if it waits for funds; answers whether it did. */
  async cancel(tx: Tx, accountId: string, messageId: string): Promise<boolean> {
    const waiting = await tx.query<WaitingMessage>(LOCK_WAIT, [accountId, messageId]);
    await this.end(tx, waiting, { to: 'cancelled', cause: 'cancel', reason: 'requested' }, this.clock.now());
    return waiting.length > 0;
  }

  /** Cancels at most so many of a group; answers how many. */
  async cancelOfGroup(tx: Tx, accountId: string, groupId: string, limit: number, now: Date): Promise<number> {
    if (limit <= 0) return 0;
    const waiting = await tx.query<WaitingMessage>(LOCK_WAITS_OF_GROUP, [accountId, groupId, limit]);
    await this.end(tx, waiting, { to: 'cancelled', cause: 'cancel', reason: 'group_cancelled' }, now);
    return waiting.length;
  }

  /** One run for an account at a time; a hint that comes meanwhile makes it run once more. */
  private hint(accountId: string): void {
    if (this.stopping) return;
    const run = this.follow(accountId, this.hinted.get(accountId));
    this.hinted.set(accountId, run);
    void run.finally(() => this.hinted.get(accountId) === run && this.hinted.delete(accountId));
  }

  private async follow(accountId: string, before: Promise<void> | undefined): Promise<void> {
    await before;
    try {
      await this.release(accountId);
    } catch (error) {
      this.logger.warn({ accountId, err: error, msg: 'the schedule will look again' });
    }
  }

  private async releaseIn({ accountId, currency }: Waiter): Promise<number> {
    if ((await this.accounts.get(accountId)).status !== 'active') return 0;
    return inBatches(() => this.database.transaction((tx) => this.releaseBatch(tx, { accountId, currency })));
  }

  private async releaseBatch(tx: Tx, { accountId, currency }: Waiter): Promise<number> {
    const now = this.clock.now();
    const oldest = await tx.query<WaitingMessage>(LOCK_OLDEST_WAITS, [accountId, currency, now, BATCH]);
    if (oldest.length === 0) return 0;
    const { availableMicros, creditLimitMicros } = await this.ledger.ensureWallet(tx, accountId, currency, now);
    const paid = oldest.slice(0, affordable(oldest, availableMicros + creditLimitMicros));
    if (paid.length === 0) return 0;
    const batchKey = newId(now);
    const items = paid.map(({ id, priceMicros }) => ({ accountId, itemKey: id, priceMicros, currency }));
    const subject = { kind: 'messages', id: batchKey };
    await this.ledger.placeHolds(tx, [{ batchKey, onInsufficientFunds: 'reject', subject, items }], now, (decisions) =>
      this.queue(tx, paid, decisions, now),
    );
    return paid.length;
  }

  private async queue(
    tx: Tx,
    paid: readonly WaitingMessage[],
    decisions: ReadonlyMap<string, HoldDecision>,
    now: Date,
  ): Promise<void> {
    const moves = paid.map((message) => toMove(message, decisions.get(message.id), now));
    const changes = new ChangeTally();
    for (const { message, state, chargeState } of moves) changes.move(message, { state, chargeState });
    const [[row]] = await together(
      tx.query<{ released: number }>(RELEASE_WAITS, [
        moves.map(({ message }) => message.accountId),
        moves.map(({ message }) => message.id),
        moves.map(({ state }) => state),
        moves.map(({ walletId }) => walletId),
        moves.map(({ holdEntryId }) => holdEntryId),
        now,
      ]),
      openStreams(tx, paid.map(toStream), now),
      writeOutbox(tx, changes.events(), now),
    );
    if (row?.released !== moves.length) throw new MovedMeanwhile();
    tx.afterCommit(() => this.hints.queued([...new Set(paid.map(({ providerId }) => providerId))]));
  }

  private async end(
    tx: Tx,
    waiting: readonly WaitingMessage[],
    move: { to: 'expired' | 'cancelled'; cause: 'validity' | 'cancel'; reason: string },
    now: Date,
  ): Promise<void> {
    if (waiting.length === 0) return;
    await tx.query(REMOVE_WAITS, [waiting.map(({ accountId }) => accountId), waiting.map(({ id }) => id)]);
    await this.mover.move(
      tx,
      waiting.map((message) => ({ message, ...move })),
      now,
    );
  }
}

/** How a message goes on whose price is held now. */
function toMove(message: WaitingMessage, decision: HoldDecision | undefined, now: Date) {
  if (!decision?.held) throw new Error('a locked wallet has less than it had a moment ago');
  const state = message.dueAt > now ? 'scheduled' : 'queued';
  const move = { from: message.state, to: state, cause: 'funds' } as const;
  const { walletId, holdEntryId } = decision;
  return {
    message,
    state,
    chargeState: chargeAfter(move, message.chargeState, message),
    walletId,
    holdEntryId,
  } as const;
}

function toStream({ providerId, laneNo, accountId, groupId, dueAt }: WaitingMessage) {
  return { providerId, lane: laneNo, accountId, groupId, pacedBy: 0, readyAt: dueAt };
}

/** Runs batches until one was not full; answers the sum. */
async function inBatches(run: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES; batch++) {
    const done = await run();
    total += done;
    if (done < BATCH) break;
  }
  return total;
}

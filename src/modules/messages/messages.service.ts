import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { type IdempotencyClaim, IdempotencyService, type StoredAnswer } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { AccountsService } from '../accounts/index.js';
import { type AcceptCall, type AcceptReply, CallAcceptor } from './actions/accept-calls.js';
import { Coalescer, type Outcome } from './actions/coalescer.js';
import { MessageGroups } from './actions/message-groups.js';
import { CallPlanner } from './actions/plan-calls.js';
import type { AcceptRequest, AcceptResult, QuoteResult } from './domain/accept-request.js';
import type { CreateGroup, GroupState, MessageGroup } from './domain/message-group.js';
import type { MessageState } from './domain/message.js';
import { toQuote } from './domain/quote.js';

/** Calls of at most so many items share transactions; larger ones have their own, so that nobody waits behind them. */
const SMALL_CALL = 20;
/** How long a call waits for others to share a transaction with, and for how long in all while others come. */
const COMPANY_MS = 2;
const MAX_COMPANY_MS = 10;
/** A neighbour whose wallet is locked by a long transaction holds a shared one up no longer than this. */
const SHARED_LOCK_TIMEOUT_MS = 1_000;

/** The one door for everything that sends. */
@Injectable()
export class MessagesService {
  private readonly shared = new Coalescer<AcceptCall, AcceptReply>({
    maxSize: 250,
    maxCalls: 100,
    maxRuns: 2,
    maxWaiting: 5_000,
    waitMs: COMPANY_MS,
    maxWaitMs: MAX_COMPANY_MS,
    sizeOf: ({ request }) => request.items.length,
    run: (calls) => this.run(calls),
  });
  private readonly alone = new Coalescer<AcceptCall, AcceptReply>({
    maxSize: 1,
    maxCalls: 1,
    maxRuns: 3,
    maxWaiting: 200,
    waitMs: 0,
    maxWaitMs: 0,
    sizeOf: () => 1,
    run: (calls) => this.run(calls),
  });

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly planner: CallPlanner,
    private readonly acceptor: CallAcceptor,
    private readonly idempotency: IdempotencyService,
    private readonly groups: MessageGroups,
  ) {}

  /**
   * Prices, pays and queues a batch. Calls that come within 2 ms of each other share a transaction; what goes wrong with one never
   * touches its neighbours. Refused items are rows with a reason, also when nothing at all was accepted: that is a result, not an
   * error. Refuses the call as a whole, and then writes nothing: `account_suspended`, `group_not_found`, `group_not_open`,
   * `validation_failed`, `overloaded`.
   */
  async accept(request: AcceptRequest): Promise<AcceptResult> {
    const reply = await this.submit({ request });
    if ('result' in reply) return reply.result;
    throw new Error('a call without a key was answered by one');
  }

  /**
   * {@link accept} once per key: the answer is stored with the effect, and given again to the same key and body. Refuses
   * `idempotency_key_running` and `idempotency_key_reused`. What was refused as a whole is not stored.
   */
  async acceptOnce(
    request: AcceptRequest,
    claim: IdempotencyClaim,
    toAnswer: (result: AcceptResult) => StoredAnswer,
  ): Promise<{ answer: StoredAnswer; replayed: boolean }> {
    const leave = this.idempotency.enter(claim);
    try {
      const reply = await this.submit({ request, idempotency: { claim, toAnswer } });
      if ('replayed' in reply) return { answer: reply.replayed, replayed: true };
      return { answer: reply.answer!, replayed: false };
    } finally {
      leave();
    }
  }

  /** {@link accept} inside the caller's transaction, which it never commits. */
  async acceptIn(tx: Tx, request: AcceptRequest): Promise<AcceptResult> {
    const now = this.clock.now();
    const drafted = await this.planner.draft(tx, [request], now);
    const [outcome] = await this.acceptor.accept(tx, [{ request }], drafted, now);
    const reply = valueOf(outcome!);
    if ('result' in reply) return reply.result;
    throw new Error('a call without a key was answered by one');
  }

  /**
   * The pure steps only: what a batch would become and cost now. Nothing is written. Passing `prepared` and `priceMicros` of its
   * items on to accept makes the quote binding. Refuses like accept.
   */
  async quote(request: AcceptRequest): Promise<QuoteResult> {
    const drafted = await this.planner.draft(this.database, [request], this.clock.now());
    const [outcome] = drafted.plan(await this.planner.optedOut(this.database, drafted));
    const { drafts } = valueOf(outcome!);
    return toQuote(drafts, (await this.accounts.get(request.accountId)).currency);
  }

  /** Opens a group of messages. */
  createGroup(tx: Tx, group: CreateGroup): Promise<MessageGroup> {
    return this.groups.create(tx, group);
  }

  /** Pauses, opens, closes or cancels a group; see {@link MessageGroups.setState}. */
  setGroupState(tx: Tx, accountId: string, groupId: string, state: GroupState): Promise<void> {
    return this.groups.setState(tx, accountId, groupId, state);
  }

  /** Messages of a group by state; states that none is in are absent. */
  groupCounts(accountId: string, groupId: string): Promise<Partial<Record<MessageState, number>>> {
    return this.groups.counts(accountId, groupId);
  }

  private submit(call: AcceptCall): Promise<AcceptReply> {
    return call.request.items.length <= SMALL_CALL ? this.shared.submit(call) : this.alone.submit(call);
  }

  private async run(calls: AcceptCall[]): Promise<Outcome<AcceptReply>[]> {
    const now = this.clock.now();
    const requests = calls.map(({ request }) => request);
    const drafted = await this.planner.draft(this.database, requests, now);
    return this.database.transaction(
      (tx) => this.acceptor.accept(tx, calls, drafted, now),
      calls.length > 1 ? { lockTimeoutMs: SHARED_LOCK_TIMEOUT_MS } : {},
    );
  }
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw outcome.error;
}

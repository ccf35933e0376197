import { Injectable } from '@nestjs/common';
import { together, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import {
  type ClaimOutcome,
  type IdempotencyClaim,
  IdempotencyService,
  type StoredAnswer,
} from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { lowestIdAt, newId, NIL_ID } from '../../../kernel/ids.js';
import { type HoldBatch, type HoldDecision, LedgerService } from '../../wallets/index.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import type { AcceptRequest, AcceptResult } from '../domain/accept-request.js';
import { CAP_HOURS, capMessages, MAX_PER_NUMBER } from '../domain/caps.js';
import { ChangeTally } from '../domain/changes.js';
import { applyHolds, toResult } from '../domain/holds.js';
import { block, isQueued, type MessageDraft } from '../domain/message-draft.js';
import { laneNumber } from '../domain/message.js';
import type { QueueStream } from '../domain/queue-stream.js';
import { type DraftBatch, writeMessages } from '../persistence/message-writer.js';
import { COUNT_RECENT } from '../persistence/sql/count-recent.js';
import { FIND_EXTERNAL_IDS } from '../persistence/sql/find-external-ids.js';
import { LOCK_GROUPS } from '../persistence/sql/lock-groups.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import type { Outcome } from './coalescer.js';
import { CountCaps } from './count-caps.js';
import { CallPlanner, type DraftedCalls } from './plan-calls.js';

/** One caller of accept. */
export interface AcceptCall {
  request: AcceptRequest;
  /** Claimed and stored in the transaction of the effect. */
  idempotency?: { claim: IdempotencyClaim; toAnswer(result: AcceptResult): StoredAnswer };
}

/** What a caller gets: what was written now, or what the same key was answered before. */
export type AcceptReply = { result: AcceptResult; answer: StoredAnswer | null } | { replayed: StoredAnswer };

/** A call that goes on to be written. */
interface OpenCall {
  call: AcceptCall;
  batch: DraftBatch;
  at: number;
}

const HOUR_MS = 3_600_000;

/**
 * The one transaction of accept, for any number of calls: keys, groups, external ids, caps, reservations, wallets, rows,
 * streams, outbox, in this order (it is the order of locks everywhere). A constant number of statements. Refusals are outcomes
 * of their call; what is thrown concerns the transaction as a whole.
 */
@Injectable()
export class CallAcceptor {
  constructor(
    private readonly ledger: LedgerService,
    private readonly idempotency: IdempotencyService,
    private readonly hints: QueueHints,
    private readonly caps: CountCaps,
    private readonly planner: CallPlanner,
  ) {}

  async accept(
    tx: Tx,
    calls: readonly AcceptCall[],
    drafted: DraftedCalls,
    now: Date,
  ): Promise<Outcome<AcceptReply>[]> {
    const [outcomes, optedOut, recent] = await together(
      this.claimKeys(tx, calls),
      this.planner.optedOut(tx, drafted),
      countRecent(tx, drafted, now),
    );
    const planned = drafted.plan(optedOut);
    const open = calls.flatMap((call, at): OpenCall[] => {
      const plan = planned[at]!;
      if (outcomes[at]) return [];
      if (plan.ok) return [{ call, batch: plan.value, at }];
      outcomes[at] = plan;
      return [];
    });
    const closed = await this.refuseClosedGroups(tx, open);
    for (const { at } of closed) outcomes[at] = { ok: false, error: new DomainError('conflict', 'group_not_open') };
    const writable = open.filter((one) => !closed.includes(one));
    if (writable.length > 0) {
      const replies = await this.write(tx, writable, recent, now);
      writable.forEach(({ at }, index) => (outcomes[at] = { ok: true, value: replies[index]! }));
    }
    return outcomes as Outcome<AcceptReply>[];
  }

  private async write(tx: Tx, open: readonly OpenCall[], recent: RecentCounts, now: Date): Promise<AcceptReply[]> {
    const batches = open.map(({ batch }) => batch);
    await blockTakenExternalIds(tx, batches);
    blockCapped(batches, recent);
    const counted = await this.caps.block(tx, batches, now);
    let replies: AcceptReply[] = [];
    await this.hold(tx, open, now, (decisions) => {
      const results = open.map(({ batch: { drafts, onInsufficientFunds } }) =>
        toResult(drafts, applyHolds(drafts, decisions, onInsufficientFunds)),
      );
      const answers = answersOf(open, results);
      replies = results.map((result, index) => ({ result, answer: answers[index]! }));
      return together(
        writeMessages(tx, batches, now),
        openStreams(tx, streamsOf(batches), now),
        writeOutbox(tx, tally(batches, now).events(), now),
        this.caps.count(tx, counted),
        this.idempotency.store(
          tx,
          open.flatMap(({ call: { idempotency } }, index) =>
            idempotency ? [{ claim: idempotency.claim, ...answers[index]! }] : [],
          ),
          now,
        ),
      );
    });
    const providerIds = streamsOf(batches).map(({ providerId }) => providerId);
    if (providerIds.length > 0) tx.afterCommit(() => this.hints.queued(providerIds));
    return replies;
  }

  private async claimKeys(tx: Tx, calls: readonly AcceptCall[]): Promise<(Outcome<AcceptReply> | undefined)[]> {
    const claims = calls.flatMap(({ idempotency }) => (idempotency ? [idempotency.claim] : []));
    const claimed = await this.idempotency.claim(tx, claims);
    let next = 0;
    return calls.map(({ idempotency }) => (idempotency ? readClaim(claimed[next++]!) : undefined));
  }

  private async refuseClosedGroups(tx: Tx, open: readonly OpenCall[]): Promise<OpenCall[]> {
    const grouped = open.filter(({ batch }) => batch.groupId !== null);
    if (grouped.length === 0) return [];
    const rows = await tx.query<{ accountId: string; id: string; state: string }>(LOCK_GROUPS, [
      grouped.map(({ batch }) => batch.accountId),
      grouped.map(({ batch }) => batch.groupId),
    ]);
    const states = new Map(rows.map(({ accountId, id, state }) => [accountId + id, state]));
    return grouped.filter(({ batch }) => {
      const state = states.get(batch.accountId + batch.groupId);
      return state !== 'open' && state !== 'paused';
    });
  }

  /** Holds what is to be sent, and writes `alongside` what follows from that. */
  private async hold(
    tx: Tx,
    open: readonly OpenCall[],
    now: Date,
    alongside: (decisions: Map<string, HoldDecision>) => Promise<unknown>,
  ): Promise<void> {
    const batches = open.map(({ batch }) => toHoldBatch(batch, now));
    const wanted = batches.filter(({ items }) => items.length > 0);
    if (wanted.length > 0) await this.ledger.placeHolds(tx, wanted, now, alongside);
    else await alongside(new Map());
  }
}

/** What is stored for the calls that have a key. */
function answersOf(open: readonly OpenCall[], results: readonly AcceptResult[]): (StoredAnswer | null)[] {
  return open.map(({ call: { idempotency } }, index) => idempotency?.toAnswer(results[index]!) ?? null);
}

function readClaim(claimed: ClaimOutcome): Outcome<AcceptReply> | undefined {
  switch (claimed.kind) {
    case 'fresh':
      return undefined;
    case 'replay':
      return { ok: true, value: { replayed: claimed.answer } };
    case 'reused':
      return { ok: false, error: new DomainError('invalid', 'idempotency_key_reused') };
    default:
      return { ok: false, error: new DomainError('conflict', 'idempotency_key_running', { retryAfterSeconds: 1 }) };
  }
}

/** Looks first: what is taken in the very same moment by somebody else fails the writing, and is found when it is run again. */
async function blockTakenExternalIds(tx: Tx, batches: readonly DraftBatch[]): Promise<void> {
  const named = batches.flatMap(({ accountId, drafts }) =>
    drafts
      .filter(({ externalId, state }) => externalId !== null && state !== 'blocked')
      .map((draft) => ({ key: `${accountId} ${draft.externalId}`, accountId, draft })),
  );
  if (named.length === 0) return;
  const rows = await tx.query<{ accountId: string; externalId: string }>(FIND_EXTERNAL_IDS, [
    named.map(({ accountId }) => accountId),
    named.map(({ draft }) => draft.externalId),
  ]);
  const taken = new Set(rows.map(({ accountId, externalId }) => `${accountId} ${externalId}`));
  for (const { key, draft } of named) {
    if (taken.has(key)) block(draft, 'external_id_taken');
    else taken.add(key);
  }
}

/** Messages of the last hours by account, then by number; numbers that had none are absent. */
type RecentCounts = ReadonlyMap<string, Map<string, number>>;

async function countRecent(tx: Tx, drafted: DraftedCalls, now: Date): Promise<RecentCounts> {
  const numbers = drafted.numbers({ codes: true });
  const wanted = [...new Map(numbers.map((number) => [`${number.accountId} ${number.digits}`, number])).values()];
  const counts = new Map<string, Map<string, number>>();
  if (wanted.length === 0) return counts;
  const rows = await tx.query<{ account_id: string; recipient: string; count: number }>(COUNT_RECENT, [
    wanted.map(({ accountId }) => accountId),
    wanted.map(({ digits }) => digits),
    lowestIdAt(new Date(now.getTime() - CAP_HOURS * HOUR_MS)),
    MAX_PER_NUMBER,
  ]);
  for (const { account_id: accountId, recipient, count } of rows) {
    const own = counts.get(accountId);
    if (own) own.set(recipient, count);
    else counts.set(accountId, new Map([[recipient, count]]));
  }
  return counts;
}

function blockCapped(batches: readonly DraftBatch[], recent: RecentCounts): void {
  const byAccount = new Map<string, MessageDraft[]>();
  for (const { accountId, drafts } of batches) {
    const open = drafts.filter(({ state }) => state !== 'blocked');
    const known = byAccount.get(accountId);
    if (known) known.push(...open);
    else byAccount.set(accountId, open);
  }
  for (const [accountId, drafts] of byAccount) capMessages(drafts, recent.get(accountId) ?? new Map<string, number>());
}

function toHoldBatch(batch: DraftBatch, now: Date): HoldBatch {
  const batchKey = newId(now);
  return {
    batchKey,
    onInsufficientFunds: batch.onInsufficientFunds === 'reject' ? 'reject' : 'partial',
    subject: batch.groupId ? { kind: 'message_group', id: batch.groupId } : { kind: 'messages', id: batchKey },
    items: batch.drafts
      .filter(({ state }) => state !== 'blocked')
      .map(({ id, priceMicros, currency }) => ({
        accountId: batch.accountId,
        itemKey: id,
        priceMicros,
        currency,
        reservationId: batch.reservationId,
      })),
  };
}

function streamsOf(batches: readonly DraftBatch[]): QueueStream[] {
  return batches.flatMap(({ accountId, groupId, lane, drafts }) =>
    drafts.filter(isQueued).map(({ providerId, pacedBy, dueAt }) => ({
      providerId: providerId!,
      lane: laneNumber(lane),
      accountId,
      groupId: groupId ?? NIL_ID,
      pacedBy,
      readyAt: dueAt,
    })),
  );
}

function tally(batches: readonly DraftBatch[], now: Date): ChangeTally {
  const changes = new ChangeTally();
  for (const { accountId, source, lane, drafts } of batches) {
    for (const draft of drafts) {
      const { country, providerId, state, currency, parts, priceMicros } = draft;
      const chargeState = isQueued(draft) ? 'held' : 'none';
      changes.add({
        accountId,
        createdAt: now,
        source,
        lane,
        country,
        providerId,
        state,
        chargeState,
        currency,
        parts,
        priceMicros,
      });
    }
  }
  return changes;
}

import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { IdSequence, NIL_ID } from '../../../kernel/ids.js';
import { AccountsService, type AccountSnapshot } from '../../accounts/index.js';
import type { Lane, ProviderCapabilities, ProviderSnapshot, Submission } from '../../providers/index.js';
import { decideSending, type SendDecision, windowsOf } from '../domain/send-decision.js';
import type { QueuePosition, StreamShare } from '../domain/stream-turns.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { BEGIN_ATTEMPTS } from '../persistence/sql/begin-attempts.js';
import { CLAIM_QUEUED } from '../persistence/sql/claim-queued.js';
import { DispatchSettings } from './dispatch-settings.js';
import { type Flight, slotsFor, toSubmission, unitsOf } from './flight.js';
import { type Aside, PutAside } from './put-aside.js';
import { WindowBook } from './window-book.js';

export interface ClaimOrder {
  provider: ProviderSnapshot;
  capabilities: ProviderCapabilities;
  lane: Lane;
  shares: readonly StreamShare[];
  /** Free units of the link's window. */
  room: number;
  /** The window is empty: the first message may be larger than all of it. */
  windowIsEmpty: boolean;
  worker: string;
  /** Names the link in flights. */
  link: string;
  /** Books rate slots; may give fewer than asked for. Called at most once, and only when something may leave. */
  takeSlots: (wanted: number) => Promise<Date[]>;
}

/** What was committed as `submitting`, in the order in which it is to be written. */
export interface ClaimedBatch {
  begun: { flight: Flight; submission: Submission }[];
  slots: Date[];
  /** Rows found per share, and the last one of each that needs no second look. */
  found: { count: number; handled: QueuePosition | null }[];
  /** Messages that were snoozed, expired, dropped or cancelled. */
  putAside: number;
}

/** A claimed message with what is to become of it. */
interface Decided {
  message: ClaimedMessage;
  decision: SendDecision | { kind: 'refuse' };
  submission?: Submission;
}

/**
 * Claims due messages of one lane and begins those that can be written now. One transaction: lock the rows, look at them again
 * (window, validity, group, account), book rate slots for what may leave, and commit lease, fence, attempt and `submitting`
 * for exactly what fits into window and slots. Whatever else was locked is free again with the commit.
 */
@Injectable()
export class ClaimBatch {
  private readonly logger = new Logger('dispatch');
  private readonly windows = new WindowBook();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly putAside: PutAside,
    private readonly settings: DispatchSettings,
  ) {}

  async execute(order: ClaimOrder): Promise<ClaimedBatch> {
    const now = this.clock.now();
    // Before the transaction: reading accounts may need a connection of its own.
    const accounts = await this.accounts.getMany(order.shares.map(({ accountId }) => accountId));
    return this.database.transaction(async (tx) => {
      const rows = await this.lock(tx, order, now);
      const decided = this.decide(rows, order, accounts, now);
      const { chosen, slots } = await this.choose(decided, order);
      const aside = decided.filter(({ decision }) => decision.kind !== 'send') as Aside[];
      await this.putAside.execute(tx, aside, now);
      const begun = await this.begin(tx, chosen, order, now);
      return { begun, slots, found: countFound(order.shares, decided, new Set(chosen)), putAside: aside.length };
    });
  }

  private lock(tx: Tx, { provider, shares }: ClaimOrder, now: Date): Promise<ClaimedMessage[]> {
    return tx.query<ClaimedMessage>(CLAIM_QUEUED, [
      provider.id,
      shares.map(({ lane }) => lane),
      shares.map(({ accountId }) => accountId),
      shares.map(({ groupId }) => groupId),
      shares.map(({ take }) => take),
      now,
      shares.map(({ floor }) => floor?.dueAt ?? '-infinity'),
      shares.map(({ floor }) => floor?.messageId ?? NIL_ID),
    ]);
  }

  private decide(
    rows: readonly ClaimedMessage[],
    { provider }: ClaimOrder,
    accounts: Map<string, AccountSnapshot>,
    now: Date,
  ): Decided[] {
    const opensAt = this.windows.at(now);
    const attemptIds = new IdSequence(now);
    return rows.map((message) => {
      const account = accounts.get(message.accountId);
      const windows = windowsOf(message.laneNo, {
        provider: provider.sendingWindow,
        account: account?.sendingWindow ?? null,
        group: this.windows.read(message.groupWindow),
        message: this.windows.read(message.sendingWindow),
      });
      const guards = {
        accountStatus: account?.status ?? null,
        groupState: message.groupState,
        opensAt: opensAt(windows),
      };
      const decision = decideSending(message, guards, now);
      if (decision.kind !== 'send') return { message, decision };
      const submission = toSubmission(message, message.attemptId ?? attemptIds.next(), account!.defaultSender);
      if (submission) return { message, decision, submission };
      this.logger.error({ messageId: message.id, msg: 'the text no longer has the parts that were priced' });
      return { message, decision: { kind: 'refuse' } };
    });
  }

  /** As many as fit, in order; the rest stays queued. */
  private async choose(decided: readonly Decided[], order: ClaimOrder): Promise<{ chosen: Decided[]; slots: Date[] }> {
    const { capabilities } = order;
    const sendable = decided.filter(({ decision }) => decision.kind === 'send');
    const fitting = takeUnits(sendable, order.room, capabilities, order.windowIsEmpty);
    if (fitting.length === 0) return { chosen: [], slots: [] };
    const slots = await order.takeSlots(slotsFor(sumUnits(fitting, capabilities), capabilities));
    if (slots.length === 0) return { chosen: [], slots };
    // A message of more parts than there are slots begins, when it is the first; its other parts get slots as these come.
    const perSlot = capabilities.requestUnit === 'batch' ? capabilities.maxBatch : 1;
    return { chosen: takeUnits(fitting, slots.length * perSlot, capabilities, true), slots };
  }

  private async begin(
    tx: Tx,
    chosen: readonly Decided[],
    order: ClaimOrder,
    now: Date,
  ): Promise<ClaimedBatch['begun']> {
    if (chosen.length === 0) return [];
    const { leaseMs } = this.settings;
    const begun = chosen.map(({ message, submission }) => ({
      submission: submission!,
      flight: {
        message,
        attemptId: submission!.clientReference,
        link: order.link,
        fence: message.fence + 1n,
        startedAt: now,
        partCount: submission!.parts.length,
        outcomes: [],
        leaseUntil: performance.now() + leaseMs,
      },
    }));
    const [row] = await tx.query<{ moved: number }>(BEGIN_ATTEMPTS, [
      begun.map(({ flight }) => flight.message.accountId),
      begun.map(({ flight }) => flight.message.id),
      begun.map(({ flight }) => flight.attemptId),
      begun.map(({ flight }) => flight.message.attemptNo),
      begun.map(({ flight }) => flight.message.repeatReason),
      order.provider.id,
      order.worker,
      now,
      new Date(now.getTime() + leaseMs),
    ]);
    if (row?.moved !== begun.length) throw new Error('a claimed message was not waiting any more');
    for (const { message } of chosen) message.state = 'submitting';
    return begun;
  }
}

/** The longest beginning whose units fit; with `atLeastOne` its first message may be larger. */
function takeUnits(
  messages: readonly Decided[],
  room: number,
  capabilities: ProviderCapabilities,
  atLeastOne: boolean,
): Decided[] {
  let left = room;
  const end = messages.findIndex(({ message }) => (left -= unitsOf(message, capabilities)) < 0);
  if (end === 0 && atLeastOne && room > 0) return messages.slice(0, 1);
  return end < 0 ? [...messages] : messages.slice(0, end);
}

function sumUnits(messages: readonly Decided[], capabilities: ProviderCapabilities): number {
  return messages.reduce((sum, { message }) => sum + unitsOf(message, capabilities), 0);
}

/** Rows come in the order of the shares, and within one in the order of the queue. */
function countFound(
  shares: readonly StreamShare[],
  decided: readonly Decided[],
  chosen: ReadonlySet<Decided>,
): ClaimedBatch['found'] {
  let next = 0;
  return shares.map((share) => {
    let count = 0;
    let handled: QueuePosition | null = null;
    let unbroken = true;
    for (; next < decided.length && belongsTo(decided[next]!.message, share); next++, count++) {
      const item = decided[next]!;
      unbroken &&= item.decision.kind === 'send' ? chosen.has(item) : item.decision.kind !== 'leave';
      if (unbroken) handled = { dueAt: item.message.dueAt, messageId: item.message.id };
    }
    return { count, handled };
  });
}

function belongsTo(message: ClaimedMessage, share: StreamShare): boolean {
  return message.accountId === share.accountId && message.groupId === share.groupId && message.laneNo === share.lane;
}

import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId, NIL_ID } from '../../../kernel/ids.js';
import { AccountsService, type AccountSnapshot } from '../../accounts/index.js';
import type { ProviderSnapshot, SendingLine } from '../../providers/index.js';
import { type SenderRates, SenderRatesRepository } from '../../senders/index.js';
import { recipientWindow } from '../domain/recipient-hours.js';
import { decideSending, type SendDecision, windowsOf } from '../domain/send-decision.js';
import type { QueuePosition, StreamShare } from '../domain/stream-turns.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { CLAIM_QUEUED } from '../persistence/sql/claim-queued.js';
import { READ_GROUPS } from '../persistence/sql/read-groups.js';
import { type Claimed, toSubmission } from './flight.js';
import { giveBack, release } from './give-back.js';
import { type Misplaced, queueUnderRates, rateOf } from './own-pace.js';
import { type Aside, PutAside } from './put-aside.js';
import { WindowBook } from './window-book.js';

export interface ClaimOrder {
  provider: ProviderSnapshot;
  shares: readonly StreamShare[];
  line: SendingLine;
  /** The sender's rate that the line keeps; 0: none. */
  pacedBy: number;
}

export interface ClaimedBatch {
  /** What may be sent, in the order of the numbers. */
  claimed: Claimed[];
  /** Rows found per share, and the last one of each that needs no second look. */
  found: { count: number; handled: QueuePosition | null }[];
  /** Messages that were snoozed, expired, dropped or cancelled. */
  putAside: number;
}

/** A claimed message with what is to become of it. */
interface Decided {
  message: ClaimedMessage;
  decision: SendDecision | { kind: 'refuse' } | { kind: 'pace'; pacedBy: number };
}

/** A group may have been paused, and its hours changed, since its messages were claimed: looked at again after this long. */
const GROUPS_KNOWN_MS = 200;

/**
 * Claims due messages for a line and looks at them (window, validity, group, account): what may leave is held ready, everything
 * else is put aside at once. A claim is one statement. It says nothing of writing: until the mark of the line is past its
 * number, a message can be given back, by this process or by whoever finds its line lapsed.
 */
@Injectable()
export class ClaimBatch {
  private readonly logger = new Logger('dispatch');
  private readonly windows = new WindowBook();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly senderRates: SenderRatesRepository,
    private readonly putAside: PutAside,
  ) {}

  /** When this fails, retire the line: nobody knows what was claimed for it. */
  async execute({ provider, shares, line, pacedBy }: ClaimOrder): Promise<ClaimedBatch> {
    const now = this.clock.now();
    const claimedAt = performance.now();
    const before = line.reserve(shares.reduce((sum, { take }) => sum + take, 0));
    const attemptId = newId(now);
    const messages = await this.database.query<ClaimedMessage>(CLAIM_QUEUED, [
      provider.id,
      shares.map(({ lane }) => lane),
      shares.map(({ accountId }) => accountId),
      shares.map(({ groupId }) => groupId),
      shares.map(({ take }) => take),
      now,
      shares.map(({ floor }) => floor?.dueAt ?? '-infinity'),
      shares.map(({ floor }) => floor?.messageId ?? NIL_ID),
      line.id,
      before,
      attemptId.slice(0, 24),
      // Room for the numbers of a batch above it.
      parseInt(attemptId.slice(24), 16) >>> 1,
      shares.map((share) => share.pacedBy),
    ]);
    const accounts = await this.accountsOf(messages);
    const decided = this.decide(messages, provider, accounts, now);
    findMisplaced(decided, pacedBy, accounts, await this.senderRates.rates());
    const claimed: Claimed[] = [];
    for (const item of decided) {
      if (item.decision.kind !== 'send') continue;
      const { message } = item;
      const submission = toSubmission(message, message.attemptId!, accounts.get(message.accountId)!.defaultSender);
      if (submission) claimed.push({ message, line, no: Number(message.fence), submission, startedAt: now, claimedAt });
      else item.decision = this.refuse(message);
    }
    const asides = await this.setAside(line, decided, now);
    return { claimed, found: countFound(shares, decided), putAside: asides };
  }

  /**
   * Looks again at what a line claimed a while ago, now that it could be written: puts aside what may not leave any more, and
   * answers the rest.
   */
  async review(claimed: readonly Claimed[], provider: ProviderSnapshot, pacedBy: number): Promise<Claimed[]> {
    const now = this.clock.now();
    await this.refreshGroups(claimed);
    const accounts = await this.accountsOf(claimed.map(({ message }) => message));
    const decided = this.decide(
      claimed.map(({ message }) => message),
      provider,
      accounts,
      now,
    );
    findMisplaced(decided, pacedBy, accounts, await this.senderRates.rates());
    const aside = new Set(decided.filter(({ decision }) => decision.kind !== 'send').map(({ message }) => message));
    if (aside.size === 0) return [...claimed];
    await this.setAside(claimed[0]!.line, decided, now);
    return claimed.filter(({ message }) => !aside.has(message));
  }

  /** Whether the hours that were looked at last are over now, for messages that waited for their slots meanwhile. */
  closedNow(): (message: ClaimedMessage) => boolean {
    const now = this.clock.now();
    const opensAt = this.windows.at(now);
    return ({ hours = [] }) => {
      const opens = opensAt(hours);
      return opens === null || opens > now;
    };
  }

  /** Back into the queue, unwritten. */
  async giveBack(claimed: readonly Claimed[]): Promise<void> {
    if (claimed.length === 0) return;
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      for (const line of new Set(claimed.map((one) => one.line))) {
        const messages = claimed.filter((one) => one.line === line).map(({ message }) => message);
        await giveBack(tx, line.id, messages, now);
      }
    });
  }

  private accountsOf(messages: readonly ClaimedMessage[]): Promise<Map<string, AccountSnapshot>> {
    return this.accounts.getMany([...new Set(messages.map(({ accountId }) => accountId))]);
  }

  private decide(
    messages: readonly ClaimedMessage[],
    provider: ProviderSnapshot,
    accounts: Map<string, AccountSnapshot>,
    now: Date,
  ): Decided[] {
    const opensAt = this.windows.at(now);
    return messages.map((message) => {
      const account = accounts.get(message.accountId);
      const windows = windowsOf(message.laneNo, {
        provider: provider.sendingWindow,
        account: account?.sendingWindow ?? null,
        recipient: account?.recipientHours ? recipientWindow(account.recipientHours, message.country) : null,
        group: this.windows.read(message.groupWindow),
        message: this.windows.read(message.sendingWindow),
      });
      message.hours = windows;
      const guards = {
        accountStatus: account?.status ?? null,
        groupState: message.groupState,
        opensAt: opensAt(windows),
      };
      return { message, decision: decideSending(message, guards, now) };
    });
  }

  private refuse({ id }: ClaimedMessage): { kind: 'refuse' } {
    this.logger.error({ messageId: id, msg: 'the text no longer has the parts that were priced' });
    return { kind: 'refuse' };
  }

  /** Takes what is not sent now off the line and carries the decisions out; answers how many left the stream. */
  private async setAside(line: SendingLine, decided: readonly Decided[], now: Date): Promise<number> {
    const moved = await this.queueElsewhere(line, decided, now);
    const asides = decided.filter(isAside);
    if (asides.length === 0) return moved;
    await this.database.transaction(async (tx) => {
      const released = await release(
        tx,
        line.id,
        asides.map(({ message }) => message),
      );
      await this.putAside.execute(
        tx,
        asides.filter(({ message }) => released.has(message.id)),
        now,
      );
    });
    return moved + asides.filter(({ decision }) => decision.kind !== 'leave').length;
  }

  private async queueElsewhere(line: SendingLine, decided: readonly Decided[], now: Date): Promise<number> {
    const misplaced = decided.flatMap(({ message, decision }): Misplaced[] =>
      decision.kind === 'pace' ? [{ message, pacedBy: decision.pacedBy }] : [],
    );
    if (misplaced.length > 0) await this.database.transaction((tx) => queueUnderRates(tx, line.id, misplaced, now));
    return misplaced.length;
  }

  private async refreshGroups(claimed: readonly Claimed[]): Promise<void> {
    const knownSince = performance.now() - GROUPS_KNOWN_MS;
    const grouped = claimed.filter(({ message, claimedAt }) => message.groupId !== NIL_ID && claimedAt < knownSince);
    if (grouped.length === 0) return;
    const keys = new Map(grouped.map(({ message }) => [message.groupId, message.accountId]));
    const rows = await this.database.query<Pick<ClaimedMessage, 'groupId' | 'groupState' | 'groupWindow'>>(
      READ_GROUPS,
      [[...keys.values()], [...keys.keys()]],
    );
    const groups = new Map(rows.map((row) => [row.groupId, row]));
    for (const { message } of grouped) {
      const group = groups.get(message.groupId);
      message.groupState = group?.groupState ?? null;
      message.groupWindow = group?.groupWindow ?? null;
    }
  }
}

function isAside(item: Decided): item is Aside {
  return item.decision.kind !== 'send' && item.decision.kind !== 'pace';
}

/** What could be sent now, but shows a sender under another rate than the line keeps, does not leave on it. */
function findMisplaced(
  decided: readonly Decided[],
  kept: number,
  accounts: ReadonlyMap<string, AccountSnapshot>,
  rates: SenderRates,
): void {
  for (const item of decided) {
    if (item.decision.kind !== 'send') continue;
    const pacedBy = rateOf(item.message, accounts.get(item.message.accountId), rates);
    if (pacedBy !== kept) item.decision = { kind: 'pace', pacedBy };
  }
}

/** Rows come in the order of the shares, and within one in the order of the queue. */
function countFound(shares: readonly StreamShare[], decided: readonly Decided[]): ClaimedBatch['found'] {
  let next = 0;
  return shares.map((share) => {
    let count = 0;
    let handled: QueuePosition | null = null;
    let unbroken = true;
    for (; next < decided.length && belongsTo(decided[next]!.message, share); next++, count++) {
      const item = decided[next]!;
      unbroken &&= item.decision.kind !== 'leave';
      if (unbroken) handled = { dueAt: item.message.dueAt, messageId: item.message.id };
    }
    return { count, handled };
  });
}

function belongsTo(message: ClaimedMessage, share: StreamShare): boolean {
  const { accountId, groupId, lane, pacedBy } = share;
  return (
    message.accountId === accountId &&
    message.groupId === groupId &&
    message.laneNo === lane &&
    message.pacedBy === pacedBy
  );
}

import { Injectable } from '@nestjs/common';
import { tryLock } from '../../../database/advisory-locks.js';
import { Database, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { storable } from '../../../database/storable-text.js';
import { Clock } from '../../../kernel/clock.js';
import { IdSequence } from '../../../kernel/ids.js';
import { AccountsService } from '../../accounts/index.js';
import { ContactsService } from '../../contacts/index.js';
import { Correspondence } from '../../messages/index.js';
import { InboundInbox } from '../../providers/index.js';
import { consentWish } from '../domain/consent-words.js';
import { joinParts, type JoinedText } from '../domain/join-parts.js';
import {
  type Attribution,
  FIND_KNOWN_INBOUND,
  FIND_NUMBER_OWNERS,
  type InboundAction,
  WRITE_INBOUND,
} from '../persistence/sql/inbound-messages.js';

/** A reply belongs to whoever wrote last, if that was not longer ago. */
export const REPLY_DAYS = 14;
const DAY_MS = 86_400_000;
/** A reply to a number that several accounts share costs a look-up for each account: few at once keep the transaction short. */
export const INBOUND_BATCH = 50;
const SET_ASIDE_MS = 60_000;

interface Owner {
  accountId: string;
  attribution: Attribution;
  inReplyTo: string | null;
}

interface SortedText extends Owner {
  id: string;
  text: JoinedText;
  action: InboundAction | null;
}

/**
 * Takes messages from phones out of the inbox to the accounts that they are for: joins their parts, finds whose they are, sets and lifts
 * opt-outs, and tells whoever listens to `inbound.received`. One transaction for a batch; one worker at a time, because the parts of a
 * message may come over different links.
 */
@Injectable()
export class SortInbound {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly inbox: InboundInbox,
    private readonly accounts: AccountsService,
    private readonly contacts: ContactsService,
    private readonly correspondence: Correspondence,
  ) {}

  /** One batch; answers how many rows of the inbox it looked at. */
  async execute(limit = INBOUND_BATCH): Promise<number> {
    const now = this.clock.now();
    const platform = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      if (!(await tryLock(tx, 'inbound'))) return 0;
      const due = await this.inbox.take(tx, limit, now);
      if (due.length === 0) return 0;
      const parts = await this.inbox.partsLike(
        tx,
        due.filter(({ concat }) => concat !== undefined),
      );
      const { joined, waiting } = joinParts([...due.filter(({ concat }) => concat === undefined), ...parts], now);
      await this.store(tx, await this.fresh(tx, joined), platform, now);
      await this.inbox.finish(
        tx,
        joined.flatMap(({ ids }) => ids),
      );
      for (const { ids, until } of waiting) await this.inbox.park(tx, ids, until);
      return due.length;
    });
  }

  /** Parks the oldest one, which could not be sorted even alone. */
  async setAside(): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const rows = await this.inbox.take(tx, 1, now);
      await this.inbox.park(
        tx,
        rows.map(({ id }) => id),
        new Date(now.getTime() + SET_ASIDE_MS),
      );
    });
  }

  /** Without those that are stored already: a provider that did not hear our answer says the same again. */
  private async fresh(tx: Tx, texts: readonly JoinedText[]): Promise<JoinedText[]> {
    const named = texts.filter(({ providerMessageId }) => providerMessageId !== null);
    const known = new Set<string>();
    if (named.length > 0) {
      const rows = await tx.query<{ providerId: string; providerMessageId: string }>(FIND_KNOWN_INBOUND, [
        named.map(({ providerMessageId }) => providerMessageId),
        named.map(({ providerId }) => providerId),
      ]);
      for (const row of rows) known.add(keyOf(row));
    }
    return texts.filter((text) => {
      if (text.providerMessageId === null) return true;
      const key = keyOf(text);
      if (known.has(key)) return false;
      known.add(key);
      return true;
    });
  }

  private async store(tx: Tx, texts: readonly JoinedText[], platform: string, now: Date): Promise<void> {
    if (texts.length === 0) return;
    const owners = await this.ownersOf(tx, texts, platform, now);
    const ids = new IdSequence(now);
    const sorted = texts.map((text, index): SortedText => {
      const owner = owners[index]!;
      return { ...owner, id: ids.next(), text, action: actionOf(text, owner) };
    });
    await tx.query(WRITE_INBOUND, columnsOf(sorted));
    await writeOutbox(tx, sorted.map(toEvent), now);
    await this.heed(tx, sorted, now);
  }

  /** By the number that was written to, else by who wrote to the phone from it last, else nobody's: kept with the platform. */
  private async ownersOf(tx: Tx, texts: readonly JoinedText[], platform: string, now: Date): Promise<Owner[]> {
    const numbers = await tx.query<{ address: string; providerId: string; accountId: string }>(FIND_NUMBER_OWNERS, [
      texts.map(({ to }) => to),
      texts.map(({ providerId }) => providerId),
    ]);
    const byNumber = new Map(numbers.map((row) => [`${row.providerId} ${row.address}`, row.accountId]));
    const owners = texts.map(({ to, providerId }): Owner | null => {
      const accountId = byNumber.get(`${providerId} ${to}`);
      return accountId === undefined ? null : { accountId, attribution: 'number', inReplyTo: null };
    });
    const open = texts.flatMap((text, index) => (owners[index] === null ? [{ text, index }] : []));
    const found = await this.correspondence.lastTo(
      tx,
      open.map(({ text }) => ({ recipient: text.from, sender: text.to })),
      new Date(now.getTime() - REPLY_DAYS * DAY_MS),
    );
    for (const [at, { index }] of open.entries()) {
      const last = found[at];
      if (last) owners[index] = { accountId: last.accountId, attribution: 'reply', inReplyTo: last.messageId };
    }
    return owners.map((owner) => owner ?? { accountId: platform, attribution: 'none', inReplyTo: null });
  }

  /** What one person said last is what holds: in the order in which it came. */
  private async heed(tx: Tx, sorted: readonly SortedText[], now: Date): Promise<void> {
    const last = new Map<string, SortedText>();
    for (const one of sorted) if (one.action !== null) last.set(`${one.accountId} ${one.text.from}`, one);
    const numbers = (action: InboundAction) =>
      [...last.values()]
        .filter((one) => one.action === action)
        .map(({ accountId, text }) => ({ accountId, digits: text.from, note: text.text.trim() }));
    await this.contacts.optInAll(tx, numbers('opted_in'));
    await this.contacts.optOutAll(tx, numbers('opted_out'), 'recipient', now);
  }
}

const keyOf = ({ providerId, providerMessageId }: Pick<JoinedText, 'providerId' | 'providerMessageId'>): string =>
  `${providerId} ${providerMessageId}`;

function actionOf({ text, complete }: JoinedText, { attribution }: Owner): InboundAction | null {
  if (attribution === 'none' || !complete) return null;
  const wish = consentWish(text);
  if (wish === null) return null;
  return wish === 'stop' ? 'opted_out' : 'opted_in';
}

function columnsOf(sorted: readonly SortedText[]): unknown[] {
  return [
    sorted.map(({ accountId }) => accountId),
    sorted.map(({ id }) => id),
    sorted.map(({ text }) => text.providerId),
    sorted.map(({ text }) => text.providerMessageId),
    sorted.map(({ text }) => text.from),
    sorted.map(({ text }) => text.to),
    sorted.map(({ text }) => storable(text.text)),
    sorted.map(({ text }) => text.parts),
    sorted.map(({ text }) => text.complete),
    sorted.map(({ attribution }) => attribution),
    sorted.map(({ inReplyTo }) => inReplyTo),
    sorted.map(({ action }) => action),
    sorted.map(({ text }) => text.receivedAt),
  ];
}

function toEvent({ accountId, id, attribution, inReplyTo, action, text }: SortedText) {
  const { providerId, receivedAt } = text;
  const payload = { id, providerId, attribution, inReplyTo, action, receivedAt: receivedAt.toISOString() };
  return { accountId, topic: 'inbound.received', payload };
}

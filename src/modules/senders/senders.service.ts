import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { MessageSource } from '../../kernel/message-sources.js';
import { type Actor, AccountOpenings, AccountsService, GivenSenders } from '../accounts/index.js';
import { SenderBook } from './domain/sender-book.js';
import { SenderCache } from './persistence/sender-cache.js';
import { SenderRatesRepository } from './persistence/sender-rates.repository.js';
import { SendersRepository } from './persistence/senders.repository.js';

/** A name that messages of an account ask for. */
export interface AskedSender {
  accountId: string;
  sender: string;
}

/** The door to the registry of senders. */
@Injectable()
export class SendersService implements OnModuleInit {
  constructor(
    private readonly cache: SenderCache,
    private readonly rates: SenderRatesRepository,
    private readonly repository: SendersRepository,
    private readonly accounts: AccountsService,
    private readonly openings: AccountOpenings,
    private readonly given: GivenSenders,
  ) {}

  /** What the operator gives an account, when it opens it or later, is approved by that, for every country. */
  onModuleInit(): void {
    this.openings.subscribe((tx, { id, kind, defaultSender }, now) =>
      kind === 'platform'
        ? Promise.resolve()
        : this.approveGiven(tx, { accountId: id, sender: defaultSender, actor: { kind: 'system', id: null } }, now),
    );
    this.given.subscribe((tx, given, now) => this.approveGiven(tx, given, now));
  }

  /**
   * The rules for some names, from what this process read in the last seconds: a revocation elsewhere shows late, an approval at once.
   * Accounts that show the platform's standard sender cost nothing.
   */
  async book(asked: Iterable<AskedSender>): Promise<SenderBook> {
    const standard = await this.standard();
    const wanted = new Map<string, Set<string>>();
    for (const { accountId, sender } of asked) {
      if (sender === standard) continue;
      const names = wanted.get(accountId);
      if (names) names.add(sender);
      else wanted.set(accountId, new Set([sender]));
    }
    const [fixed, approved, rates] = await Promise.all([
      this.cache.fixedSenders(),
      this.cache.approved(wanted),
      this.rates.rates(),
    ]);
    return new SenderBook(standard, fixed, approved, rates);
  }

  /** Why no message of the account and source may show the sender, whatever the recipient's country; null when some may. */
  async refusalOf(
    accountId: string,
    source: MessageSource,
    sender: string,
  ): Promise<'sender_fixed' | 'sender_not_allowed' | null> {
    return (await this.book([{ accountId, sender }])).refusalOf(accountId, source, sender);
  }

  /** What messages of the account and source show when nobody names a sender. */
  async shown(accountId: string, source: MessageSource): Promise<string> {
    const { fixed } = (await this.book([])).rules(accountId, source);
    return fixed ?? (await this.accounts.get(accountId)).defaultSender;
  }

  /** The sender that everybody may show. */
  async standard(): Promise<string> {
    return (await this.accounts.get(await this.accounts.platformAccountId())).defaultSender;
  }

  private async approveGiven(
    tx: Tx,
    { accountId, sender }: { accountId: string; sender: string; actor: Actor },
    now: Date,
  ): Promise<void> {
    await this.repository.approveGiven(tx, accountId, sender, now);
    tx.afterCommit(() => this.cache.invalidate(accountId));
  }
}

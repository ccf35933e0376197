import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService, type Actor } from '../../accounts/index.js';
import { plausibleDays } from '../domain/days.js';
import { isSameAccount } from '../domain/same-account.js';
import {
  EqualsInOrder,
  type StatementAccount,
  type StatementFormat,
  type StatementLine,
} from '../domain/statements/statement.js';
import { wrongAt } from '../domain/statements/values.js';
import { type BankAccount, SellersRepository } from '../persistence/sellers.repository.js';
import { type StatementRow, StatementsRepository } from '../persistence/statements.repository.js';
import { type ReadStatement, readStatement } from '../statements/read-statement.js';
import { ApplyStatement } from './apply-statement.js';

/**
 * Takes a file of a bank: reads it to its end, then applies its lines. Nobody acts on a line before the whole file was found right; one that
 * was refused leaves nothing. Once it was accepted it is applied to its end, if not by this process then by another.
 */
@Injectable()
export class ImportStatement {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly sellers: SellersRepository,
    private readonly statements: StatementsRepository,
    private readonly apply: ApplyStatement,
  ) {}

  /** Returns the statement's id. Refuses what cannot be used: invalid, with a code and the place in the file. */
  async execute(body: Readable, actor: Actor): Promise<string> {
    const now = this.clock.now();
    const id = newId(now);
    await this.statements.begin(id, actor.id, now);
    try {
      await this.stage(id, body, actor, new SellersOfAccounts(await this.sellers.bankAccounts()));
    } catch (error) {
      await this.statements.discard(id);
      throw error;
    }
    await this.apply.toTheEnd(id);
    return id;
  }

  private async stage(id: string, body: Readable, actor: Actor, sellers: SellersOfAccounts): Promise<void> {
    const days = plausibleDays(this.clock.now());
    const equals = new EqualsInOrder();
    let next = 1;
    const file = await readStatement(body, async (lines, format) => {
      for (const line of lines) assertDay(line, format, days);
      const rows = lines.map((line) => ({
        line,
        legalEntityId: sellers.of(line, format).id,
        reference: equals.next(line),
      }));
      await this.statements.insertLines(id, next, rows);
      next += rows.length;
    });
    const accounts = file.accounts.map((one) => sellers.describe(one, file.format));
    await this.accept(id, file, accounts, actor);
  }

  private async accept(
    id: string,
    file: ReadStatement,
    accounts: StatementRow['accounts'],
    actor: Actor,
  ): Promise<void> {
    const platform = await this.accounts.platformAccountId();
    const { format, lines, sha256 } = file;
    await this.database.transaction(async (tx) => {
      await this.statements.accept(tx, id, { ...file, accounts }, this.clock.now());
      await this.audit.record(tx, {
        accountId: platform,
        actor,
        action: 'bank_statement.imported',
        subject: `bank_statement:${id}`,
        details: { format, lines, sha256: sha256.toString('hex') },
      });
    });
  }
}

/** Whose account a file is about. Asked for every line, so that what was found once is kept. */
class SellersOfAccounts {
  private readonly found = new Map<string, BankAccount>();

  constructor(private readonly sellers: readonly BankAccount[]) {}

  of(one: Pick<StatementAccount, 'account' | 'currency' | 'at'>, format: StatementFormat): BankAccount {
    const key = `${one.account} ${one.currency}`;
    const known = this.found.get(key);
    if (known) return known;
    const seller = this.find(one, placeOf(one.at, format));
    this.found.set(key, seller);
    return seller;
  }

  describe(one: StatementAccount, format: StatementFormat): StatementRow['accounts'][number] {
    return { account: one.account, currency: one.currency, seller: this.of(one, format).code };
  }

  private find({ account, currency }: Pick<StatementAccount, 'account' | 'currency'>, place: string): BankAccount {
    const having = this.sellers.filter((seller) => isSameAccount(seller.account, account));
    const [some] = having;
    if (!some) throw wrongAt(place, 'statement_account_unknown', { account });
    const [seller, another] = having.filter((one) => one.currency === currency);
    if (!seller) throw wrongAt(place, 'statement_currency', { currency, expected: some.currency });
    if (another) throw wrongAt(place, 'statement_account_ambiguous', { account });
    return seller;
  }
}

function assertDay({ bookedOn, at }: StatementLine, format: StatementFormat, days: { min: string; max: string }): void {
  if (bookedOn < days.min || bookedOn > days.max) throw wrongAt(placeOf(at, format), 'day_out_of_range', days);
}

const placeOf = (at: number, format: StatementFormat): string => `/${format === 'camt053' ? 'entries' : 'lines'}/${at}`;

import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { parseInstant } from '../../kernel/time-window.js';
import type { Wallet } from './domain/wallet.js';
import { type ListTransactionsQuery, type TransactionPage, TransactionResponse } from './dto/transaction.dto.js';
import { type WalletPage, WalletResponse } from './dto/wallet.dto.js';
import { LedgerService } from './ledger.service.js';
import { listTransactions } from './persistence/statement.repository.js';
import { walletNotFound } from './wallets.errors.js';

/** What people and staff see of wallets. */
@Injectable()
export class WalletReads {
  constructor(
    private readonly ledger: LedgerService,
    private readonly database: Database,
  ) {}

  async list(accountId: string): Promise<WalletPage> {
    const wallets = await this.ledger.wallets(accountId);
    return { data: wallets.map((wallet) => WalletResponse.of(wallet)), nextCursor: null };
  }

  /** Refuses what is not the account's: not_found `wallet_not_found`. */
  async get(accountId: string, walletId: string): Promise<Wallet> {
    const wallet = (await this.ledger.wallets(accountId)).find(({ id }) => id === walletId);
    if (!wallet) throw walletNotFound();
    return wallet;
  }

  async transactions(accountId: string, walletId: string, query: ListTransactionsQuery): Promise<TransactionPage> {
    const { currency, service } = await this.get(accountId, walletId);
    const page = await listTransactions(this.database, {
      accountId,
      walletId,
      walletService: service,
      from: query.from === undefined ? undefined : parseInstant(query.from),
      to: query.to === undefined ? undefined : parseInstant(query.to),
      kinds: query.kind,
      sources: query.source,
      service: query.service,
      sort: query.sort,
      limit: query.limit,
      cursor: query.cursor,
    });
    return {
      data: page.data.map((transaction) => TransactionResponse.of(transaction, currency, service)),
      nextCursor: page.nextCursor,
    };
  }
}

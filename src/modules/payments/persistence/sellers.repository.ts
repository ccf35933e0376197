import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';

/** The bank account of a seller, as it was entered. */
export interface BankAccount {
  /** The seller's. */
  id: string;
  code: string;
  account: string;
  currency: Currency;
}

/** The accounts that money comes in on. There are few sellers. */
@Injectable()
export class SellersRepository {
  constructor(private readonly database: Database) {}

  bankAccounts(on: Database | Tx = this.database): Promise<BankAccount[]> {
    return on.query<BankAccount & Record<string, unknown>>(
      `SELECT id, code, bank ->> 'accountNumber' AS account, currency FROM legal_entities ORDER BY code`,
    );
  }
}

import type { Database } from '../../../src/database/database.js';
import { newId } from '../../../src/kernel/ids.js';
import type { Currency, Micros } from '../../../src/kernel/money.js';
import { type HoldBatch, type HoldItem, LedgerService, type WalletView } from '../../../src/modules/wallets/index.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

export const NOW = new Date('2026-03-02T12:00:00Z');

/** A ledger on a database of its own, with what most money tests need. */
export interface LedgerFixture {
  test: TestDatabase;
  database: Database;
  ledger: LedgerService;
  /** A new account whose wallet has money from the bank. */
  account(micros?: Micros, options?: { currency?: Currency; creditLimitMicros?: Micros }): Promise<string>;
  wallet(accountId: string, currency?: Currency): Promise<WalletView>;
  /** Available and held of the account's EUR wallet. */
  balance(accountId: string): Promise<[available: Micros, held: Micros]>;
}

export async function createLedgerFixture(options: { poolSize?: number } = {}): Promise<LedgerFixture> {
  const test = await createTestDatabase(options);
  const { database } = test;
  const ledger = new LedgerService(database);

  const wallet = async (accountId: string, currency: Currency = 'EUR'): Promise<WalletView> => {
    const found = (await ledger.wallets(accountId)).find((one) => one.currency === currency);
    if (!found) throw new Error(`no ${currency} wallet`);
    return found;
  };

  return {
    test,
    database,
    ledger,
    wallet,
    account: async (micros = 0n, { currency = 'EUR', creditLimitMicros = 0n } = {}) => {
      const accountId = await insertAccount(database, currency);
      await database.transaction(async (tx) => {
        const { id } = await ledger.ensureWallet(tx, accountId, currency, NOW);
        await tx.query(`UPDATE wallets SET credit_limit_micros = $2 WHERE id = $1`, [id, creditLimitMicros]);
        if (micros > 0n)
          await ledger.topUp(tx, { ...topUp(accountId, micros), currency, idempotencyKey: 'first' }, NOW);
      });
      return accountId;
    },
    balance: async (accountId) => {
      const { availableMicros, heldMicros } = await wallet(accountId);
      return [availableMicros, heldMicros];
    },
  };
}

/** A top-up from the bank under a key of its own. */
export const topUp = (accountId: string, micros: Micros) => ({
  accountId,
  currency: 'EUR' as Currency,
  micros,
  idempotencyKey: `top-up:${newId()}`,
  subject: { kind: 'payment', id: newId() },
  from: 'bank' as const,
});

export const item = (accountId: string, itemKey: string, priceMicros: Micros): HoldItem => ({
  accountId,
  itemKey,
  priceMicros,
  currency: 'EUR',
});

export const batch = (items: HoldItem[], onInsufficientFunds: 'partial' | 'reject' = 'partial'): HoldBatch => ({
  batchKey: newId(),
  onInsufficientFunds,
  items,
  subject: { kind: 'message', id: newId() },
});

async function insertAccount(database: Database, currency: Currency): Promise<string> {
  const id = newId();
  await database.query(
    `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, created_at, updated_at)
     VALUES ($1, 'customer', 'Test', 'GR', $2, 'Europe/Athens', 'Test', $3, $3)`,
    [id, currency, NOW],
  );
  return id;
}

import { randomUUID } from 'node:crypto';
import type { DynamicModule, Type } from '@nestjs/common';
import { Clock } from '../../src/kernel/clock.js';
import { type Currency, type Micros, MICROS_PER_UNIT } from '../../src/kernel/money.js';
import { type AccountSnapshot, AccountsService, type CreateAccount } from '../../src/modules/accounts/index.js';
import { type AcceptRequest, MessagesModule, MessagesService } from '../../src/modules/messages/index.js';
import { ProvidersService } from '../../src/modules/providers/index.js';
import { LedgerService, type WalletView } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from './app.js';
import { FakeClock } from './clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { insertProvider, insertRoute } from './factories/providers.js';

/** The one street in a test: an application on a database of its own, with a provider that a route for everything leads to. */
export interface Cabinet {
  db: TestDatabase;
  test: TestApp;
  clock: FakeClock;
  messages: MessagesService;
  providerId: string;
  /** An account with money in its wallet, in whole units of its currency (RUB: 3.90 a part to Russia). */
  account(units?: number, input?: Partial<CreateAccount>): Promise<AccountSnapshot>;
  topUp(accountId: string, micros: Micros, currency?: Currency): Promise<void>;
  wallet(accountId: string): Promise<WalletView>;
  /** Rows of messages, as they are written; in request order. */
  rows(accountId: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function createCabinet(
  options: { imports?: (Type | DynamicModule)[]; clock?: FakeClock; poolSize?: number } = {},
): Promise<Cabinet> {
  const clock = options.clock ?? new FakeClock();
  const db = await createTestDatabase({ poolSize: options.poolSize });
  const providerId = await insertProvider(db.database);
  await insertRoute(db.database, providerId);
  const test = await createTestApp({
    imports: [MessagesModule, ...(options.imports ?? [])],
    database: db.database,
    providers: [{ provide: Clock, useValue: clock }],
  });
  const get = <T>(type: abstract new (...args: never[]) => T): T => test.app.get<T>(type, { strict: false });
  const ledger = get(LedgerService);
  get(ProvidersService).invalidate();

  const topUp = async (accountId: string, micros: Micros, currency: Currency = 'RUB'): Promise<void> => {
    await db.database.transaction((tx) =>
      ledger.topUp(
        tx,
        {
          accountId,
          currency,
          micros,
          idempotencyKey: `test:${randomUUID()}`,
          subject: { kind: 'payment', id: randomUUID() },
          from: 'bank',
        },
        clock.now(),
      ),
    );
  };

  return {
    db,
    test,
    clock,
    messages: get(MessagesService),
    providerId,
    topUp,
    account: async (units = 100, input = {}) => {
      const account = await db.database.transaction((tx) =>
        get(AccountsService).create(tx, {
          name: 'Clinic',
          country: 'RU',
          currency: 'RUB',
          locale: 'ru',
          timeZone: 'Europe/Moscow',
          actor: { kind: 'system', id: null },
          ...input,
        }),
      );
      if (units > 0) await topUp(account.id, BigInt(units) * MICROS_PER_UNIT, account.currency);
      return account;
    },
    wallet: async (accountId) => (await ledger.wallets(accountId))[0]!,
    rows: (accountId) => db.database.query(`SELECT * FROM messages WHERE account_id = $1 ORDER BY id`, [accountId]),
    close: async () => {
      await test.close();
      await db.drop();
    },
  };
}

/** A request to accept, with what a test does not care about filled in. */
export function sending(accountId: string, to: string | string[], more: Partial<AcceptRequest> = {}): AcceptRequest {
  const numbers = typeof to === 'string' ? [to] : to;
  return {
    accountId,
    source: 'api',
    lane: 'transactional',
    items: numbers.map((number) => ({ to: number, text: 'Ждём вас завтра в 10:00' })),
    onInsufficientFunds: 'partial',
    ...more,
  };
}

/** Distinct mobile numbers of Russia: `phone(7)` is 79160000007. */
export const phone = (n: number): string => `7916${String(n).padStart(7, '0')}`;

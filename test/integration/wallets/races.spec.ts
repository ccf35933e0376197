import { newId } from '../../../src/kernel/ids.js';
import type { Micros } from '../../../src/kernel/money.js';
import type { HoldItem, SettleItem } from '../../../src/modules/wallets/index.js';
import { batch, createLedgerFixture, item, type LedgerFixture, NOW, topUp } from './ledger-fixture.js';

/** Every promise below runs on a connection of its own: the pool is as large as the crowd. */
const CONNECTIONS = 20;

describe('races', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture({ poolSize: CONNECTIONS });
  });
  afterAll(() => fixture.test.drop());

  const hold = (items: HoldItem[]) =>
    fixture.database.transaction((tx) => fixture.ledger.placeHolds(tx, [batch(items)], NOW));
  const entries = async (accountId: string, kind: string): Promise<number> => {
    const [row] = await fixture.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ledger_entries WHERE account_id = $1 AND kind = $2`,
      [accountId, kind],
    );
    return row!.count;
  };
  const settled = async (accountId: string, micros: Micros, idempotencyKey: string): Promise<SettleItem> => {
    const { id: walletId } = await fixture.wallet(accountId);
    return { accountId, walletId, micros, count: 1, idempotencyKey, subject: { kind: 'message', id: 'm' } };
  };

  it('lets exactly 60 of 100 parallel debits through on a balance for 60', async () => {
    const account = await fixture.account(60n);
    const decisions = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => (await hold([item(account, `m${index}`, 1n)])).values()),
    );
    expect(decisions.flatMap((values) => [...values]).filter(({ held }) => held)).toHaveLength(60);
    expect(await fixture.balance(account)).toEqual([0n, 60n]);
    expect(await entries(account, 'hold')).toBe(60);
  });

  it('stops at the boundary when the last micro-unit is missing', async () => {
    const account = await fixture.account(59_999_999n);
    const decisions = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => (await hold([item(account, `m${index}`, 1_000_000n)])).values()),
    );
    expect(decisions.flatMap((values) => [...values]).filter(({ held }) => held)).toHaveLength(59);
    expect(await fixture.balance(account)).toEqual([999_999n, 59_000_000n]);
  });

  it('credits once when the same top-up comes many times at once', async () => {
    const account = await fixture.account();
    const request = topUp(account, 100n);
    const answers = await Promise.all(
      Array.from({ length: CONNECTIONS }, () =>
        fixture.database.transaction((tx) => fixture.ledger.topUp(tx, request, NOW)),
      ),
    );
    expect(new Set(answers.map(({ entryId }) => entryId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await fixture.balance(account)).toEqual([100n, 0n]);
  });

  it('settles a hold once when capture and release come twice each at once', async () => {
    const account = await fixture.account(100n);
    await hold([item(account, 'm', 30n), item(account, 'other', 70n)]);
    const settle = await settled(account, 30n, 'settle:m');
    const run = (how: 'captureHolds' | 'releaseHolds') =>
      fixture.database
        .transaction((tx) => fixture.ledger[how](tx, [settle], NOW))
        .then(
          () => how,
          (error: { code: string }) => error.code,
        );
    const outcomes = await Promise.all([
      run('captureHolds'),
      run('releaseHolds'),
      run('captureHolds'),
      run('releaseHolds'),
    ]);
    const winner = outcomes.includes('captureHolds') ? 'captureHolds' : 'releaseHolds';
    expect(outcomes.toSorted()).toEqual([winner, winner, 'entry_key_reused', 'entry_key_reused'].toSorted());
    expect(await fixture.balance(account)).toEqual([winner === 'captureHolds' ? 0n : 30n, 70n]);
  });

  it('buys as often as the wallet can pay, and once under one key', async () => {
    const account = await fixture.account(60n);
    const what = { accountId: account, currency: 'EUR' as const, micros: 20n, details: { service: 'tools' } };
    const buy = (idempotencyKey: string) =>
      fixture.database
        .transaction((tx) =>
          fixture.ledger.purchase(tx, { ...what, idempotencyKey, subject: { kind: 'subscription', id: 's' } }, NOW),
        )
        .then(
          ({ replayed }) => (replayed ? 'replayed' : 'bought'),
          (error: { code: string }) => error.code,
        );
    const same = await Promise.all(Array.from({ length: 5 }, () => buy('same')));
    expect(same.toSorted()).toEqual(['bought', ...Array(4).fill('replayed')]);
    const others = await Promise.all(Array.from({ length: 5 }, (_, n) => buy(`other ${n}`)));
    expect(others.toSorted()).toEqual(['bought', 'bought', ...Array(3).fill('insufficient_funds')]);
    expect(await fixture.balance(account)).toEqual([0n, 0n]);
  });

  it('holds the same batch once', async () => {
    const account = await fixture.account(100n);
    const once = batch([item(account, 'm', 30n)]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => fixture.database.transaction((tx) => fixture.ledger.placeHolds(tx, [once], NOW))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await fixture.balance(account)).toEqual([70n, 30n]);
  });

  it('reserves once per subject, and lends from one reservation to many without going below zero', async () => {
    const account = await fixture.account(100n);
    const request = { accountId: account, currency: 'EUR' as const, micros: 60n };
    const subject = { subjectKind: 'campaign', subjectId: newId() };
    const reservations = await Promise.all(
      Array.from({ length: 8 }, () =>
        fixture.database.transaction((tx) => fixture.ledger.reserve(tx, { ...request, ...subject }, NOW)),
      ),
    );
    expect(new Set(reservations.map(({ id }) => id)).size).toBe(1);
    const reservationId = reservations[0]!.id;
    const decisions = await Promise.all(
      Array.from({ length: 40 }, async (_, index) =>
        (await hold([{ ...item(account, `m${index}`, 2n), reservationId }])).values(),
      ),
    );
    expect(decisions.flatMap((values) => [...values]).filter(({ held }) => held)).toHaveLength(30);
    expect(await fixture.balance(account)).toEqual([40n, 60n]);
  });

  it('opens one wallet when many ask for it at once', async () => {
    const account = await fixture.account();
    const wallets = await Promise.all(
      Array.from({ length: CONNECTIONS }, () =>
        fixture.database.transaction((tx) => fixture.ledger.ensureWallet(tx, account, 'PLN', NOW)),
      ),
    );
    expect(new Set(wallets.map(({ id }) => id)).size).toBe(1);
  });

  it('does not deadlock when wallets and reservations come in different orders', async () => {
    const accounts = await Promise.all(Array.from({ length: 6 }, () => fixture.account(1_000_000n)));
    const reservations = new Map<string, string>();
    for (const accountId of accounts) {
      const request = { accountId, currency: 'EUR' as const, micros: 500_000n };
      const { id } = await fixture.database.transaction((tx) =>
        fixture.ledger.reserve(tx, { ...request, subjectKind: 'campaign', subjectId: newId() }, NOW),
      );
      reservations.set(accountId, id);
    }
    const round = async (seed: number) => {
      const rotated = accounts.map((_, index) => accounts[(index + seed) % accounts.length]!);
      const order = seed % 2 ? rotated : rotated.toReversed();
      const items = order.flatMap((accountId, index) => [
        { ...item(accountId, `drawn ${index}`, 1n), reservationId: reservations.get(accountId) },
        item(accountId, `own ${index}`, 1n),
      ]);
      await hold(items);
      const settle = await Promise.all(order.map((accountId) => settled(accountId, 1n, `settle:${seed}`)));
      await fixture.database.transaction((tx) => fixture.ledger.captureHolds(tx, settle, NOW));
      for (const accountId of order.slice(0, 2)) {
        const reservationId = reservations.get(accountId)!;
        await fixture.database.transaction((tx) =>
          fixture.ledger.unreserve(tx, { accountId, reservationId, micros: 1n }, NOW),
        );
      }
    };
    await Promise.all(Array.from({ length: 60 }, (_, seed) => round(seed)));
    for (const accountId of accounts) {
      const [available, held] = await fixture.balance(accountId);
      expect(available + held).toBe(1_000_000n - 60n);
    }
  });
});

import type { HoldBatch } from '../../../src/modules/wallets/index.js';
import { batch, createLedgerFixture, item, type LedgerFixture, NOW, topUp } from './ledger-fixture.js';

describe('place holds', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture();
  });
  afterAll(() => fixture.test.drop());

  const hold = (...batches: HoldBatch[]) =>
    fixture.database.transaction((tx) => fixture.ledger.placeHolds(tx, batches, NOW));
  const postings = (accountId: string, kind: string) =>
    fixture.database.query<{ entries: number; legs: number }>(
      `SELECT count(DISTINCT e.id)::int AS entries, count(*)::int AS legs
       FROM ledger_entries e JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id
       WHERE e.account_id = $1 AND e.kind = $2`,
      [accountId, kind],
    );

  it('decides in request order: a cheaper item fits where a dearer one did not', async () => {
    const account = await fixture.account(100n);
    const decisions = await hold(
      batch([item(account, 'a', 60n), item(account, 'b', 50n), item(account, 'c', 40n), item(account, 'd', 1n)]),
    );
    expect(['a', 'b', 'c', 'd'].map((key) => decisions.get(key)!.held)).toEqual([true, false, true, false]);
    expect(decisions.get('b')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 10n });
    expect(decisions.get('d')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 1n });
    expect(await fixture.balance(account)).toEqual([0n, 100n]);
  });

  it('knows the boundary to one micro-unit, credit limit included', async () => {
    const account = await fixture.account(100n, { creditLimitMicros: 20n });
    expect((await hold(batch([item(account, 'over', 121n)]))).get('over')).toMatchObject({ shortfallMicros: 1n });
    expect((await hold(batch([item(account, 'exact', 120n)]))).get('exact')).toMatchObject({ held: true });
    expect(await fixture.balance(account)).toEqual([-20n, 120n]);
  });

  it('holds all or nothing of a rejecting batch, per account, and tells what the whole lacks', async () => {
    const [rich, poor] = [await fixture.account(100n), await fixture.account(50n)];
    const decisions = await hold(
      batch([item(rich, 'r1', 50n), item(poor, 'p1', 40n), item(rich, 'r2', 50n), item(poor, 'p2', 11n)], 'reject'),
      batch([item(poor, 'later', 50n)], 'reject'),
    );
    expect(decisions.get('r2')).toMatchObject({ held: true });
    expect(decisions.get('p1')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 1n });
    expect(decisions.get('p2')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 1n });
    expect(decisions.get('later')).toMatchObject({ held: true });
    expect(await fixture.balance(poor)).toEqual([0n, 50n]);
  });

  it('posts one entry per wallet for a thousand messages of many callers', async () => {
    const account = await fixture.account(10_000n);
    const batches = Array.from({ length: 64 }, (_, index) => batch([item(account, `m${index}`, 10n)]));
    const decisions = await hold(...batches);
    const entries = new Set([...decisions.values()].map((decision) => decision.held && decision.holdEntryId));
    expect(entries.size).toBe(1);
    expect(await postings(account, 'hold')).toEqual([{ entries: 1, legs: 2 }]);
    const [entry] = await fixture.database.query(`SELECT item_count FROM ledger_entries WHERE id = $1`, [...entries]);
    expect(entry).toEqual({ item_count: 64 });
  });

  it('holds what is free without a posting, unless the wallet is overdrawn', async () => {
    const account = await fixture.account(5n);
    const { id } = await fixture.wallet(account);
    expect((await hold(batch([item(account, 'free', 0n)]))).get('free')).toEqual({
      held: true,
      walletId: id,
      holdEntryId: null,
    });
    expect(await postings(account, 'hold')).toEqual([{ entries: 0, legs: 0 }]);
    const change = { accountId: account, currency: 'EUR' as const, micros: 6n, idempotencyKey: 'back' };
    await fixture.database.transaction((tx) =>
      fixture.ledger.reverseTopUp(tx, { ...change, subject: { kind: 'payment', id: '1' } }, NOW),
    );
    expect((await hold(batch([item(account, 'blocked', 0n)]))).get('blocked')).toMatchObject({ shortfallMicros: 1n });
  });

  it('refuses a batch that was held before, and moves nothing', async () => {
    const account = await fixture.account(100n);
    const once = batch([item(account, 'a', 10n)]);
    await hold(once);
    await expect(hold(once)).rejects.toMatchObject({ kind: 'conflict', code: 'batch_already_held' });
    expect(await fixture.balance(account)).toEqual([90n, 10n]);
  });

  it('holds one batch on wallets of several currencies', async () => {
    const account = await fixture.account(100n);
    await fixture.database.transaction((tx) =>
      fixture.ledger.topUp(tx, { ...topUp(account, 100n), currency: 'PLN' }, NOW),
    );
    const decisions = await hold(batch([item(account, 'a', 1n), { ...item(account, 'b', 1n), currency: 'PLN' }]));
    const entries = [...decisions.values()].map((decision) => decision.held && decision.holdEntryId);
    expect(new Set(entries).size).toBe(2);
  });

  it('opens a wallet where there was none', async () => {
    const account = await fixture.account(100n);
    const credits = { ...item(account, 'credits', 1n), currency: 'CRD' as const };
    const free = { ...item(account, 'free', 0n), currency: 'CRD' as const };
    const decisions = await hold(batch([credits, free]));
    expect(decisions.get('credits')).toMatchObject({ held: false, shortfallMicros: 1n });
    expect(decisions.get('free')).toMatchObject({ held: true, walletId: (await fixture.wallet(account, 'CRD')).id });
  });
});

import type { Micros } from '../../../src/kernel/money.js';
import {
  type SettleItem,
  settleKey,
  type SettleKind,
  type SettleMove,
  walletKey,
} from '../../../src/modules/wallets/index.js';
import { batch, createLedgerFixture, item, type LedgerFixture, NOW } from './ledger-fixture.js';

describe('settle holds', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture();
  });
  afterAll(() => fixture.test.drop());

  const held = async (available: Micros, micros: Micros): Promise<string> => {
    const account = await fixture.account(available);
    await fixture.database.transaction((tx) =>
      fixture.ledger.placeHolds(tx, [batch([item(account, 'm', micros)])], NOW),
    );
    return account;
  };
  const settle = async (
    how: 'captureHolds' | 'releaseHolds' | 'refundCaptures',
    accountId: string,
    micros: Micros,
    idempotencyKey: string,
  ): Promise<string | undefined> => {
    const { id: walletId } = await fixture.wallet(accountId);
    const settled: SettleItem = {
      accountId,
      walletId,
      micros,
      count: 1,
      idempotencyKey,
      subject: { kind: 'message', id: 'm' },
    };
    const entries = await fixture.database.transaction((tx) => fixture.ledger[how](tx, [settled], NOW));
    return entries.get(walletKey(accountId, walletId));
  };
  const sumOf = async (accountId: string, ledgerAccount: string): Promise<Micros> => {
    const [row] = await fixture.database.query<{ sum: Micros }>(
      `SELECT COALESCE(sum(amount_micros), 0)::bigint AS sum FROM postings WHERE account_id = $1 AND ledger_account = $2`,
      [accountId, ledgerAccount],
    );
    return row!.sum;
  };

  it('captures to revenue, refunds from it, releases to available', async () => {
    const account = await held(100n, 60n);
    await settle('captureHolds', account, 25n, 'capture');
    expect(await fixture.balance(account)).toEqual([40n, 35n]);
    expect(await sumOf(account, 'revenue')).toBe(25n);
    await settle('refundCaptures', account, 5n, 'refund');
    await settle('releaseHolds', account, 35n, 'release');
    expect(await fixture.balance(account)).toEqual([80n, 0n]);
    expect(await sumOf(account, 'revenue')).toBe(20n);
    expect(await sumOf(account, 'bank')).toBe(-100n);
  });

  it('answers the same entry for the same key and moves nothing twice', async () => {
    const account = await held(100n, 60n);
    const first = await settle('captureHolds', account, 30n, 'once');
    expect(await settle('captureHolds', account, 30n, 'once')).toBe(first);
    expect(await fixture.balance(account)).toEqual([40n, 30n]);
  });

  it.each([
    ['another amount', 'captureHolds', 31n],
    ['another movement', 'releaseHolds', 30n],
  ] as const)('refuses the same key with %s', async (_name, how, micros) => {
    const account = await held(100n, 60n);
    await settle('captureHolds', account, 30n, 'once');
    await expect(settle(how, account, micros, 'once')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'entry_key_reused',
    });
    expect(await fixture.balance(account)).toEqual([40n, 30n]);
  });

  it('captures, releases and refunds one wallet in one call', async () => {
    const account = await held(100n, 60n);
    const { id: walletId } = await fixture.wallet(account);
    const move = (kind: SettleKind, micros: Micros): SettleMove => {
      const one = { accountId: account, walletId, micros, count: 1, subject: { kind: 'message', id: 'm' } };
      return { ...one, kind, idempotencyKey: kind };
    };
    const moves = [move('capture', 30n), move('release', 20n), move('refund', 10n)];
    const settled = await fixture.database.transaction((tx) => fixture.ledger.settle(tx, moves, NOW));
    const ids = moves.map((one) => settled.get(settleKey(one)));
    expect(new Set(ids).size).toBe(3);
    expect(await fixture.balance(account)).toEqual([70n, 10n]);
  });

  it('never lets more leave held than is in it', async () => {
    const account = await held(100n, 60n);
    await expect(settle('releaseHolds', account, 61n, 'too much')).rejects.toMatchObject({
      constraint: 'wallets_held_not_negative',
    });
    expect(await fixture.balance(account)).toEqual([40n, 60n]);
  });

  it('posts nothing for what is free, and refuses two items of one wallet', async () => {
    const account = await held(100n, 60n);
    expect(await settle('captureHolds', account, 0n, 'free')).toBeUndefined();
    const { id: walletId } = await fixture.wallet(account);
    const one = { accountId: account, walletId, micros: 1n, count: 1, subject: { kind: 'message', id: 'm' } };
    const two = ['a', 'b'].map((idempotencyKey) => ({ ...one, idempotencyKey }));
    await expect(fixture.database.transaction((tx) => fixture.ledger.captureHolds(tx, two, NOW))).rejects.toThrow(
      'one item per direction, wallet and call',
    );
    expect(await fixture.balance(account)).toEqual([40n, 60n]);
  });

  it('refuses a wallet of another account', async () => {
    const [mine, other] = [await held(100n, 60n), await held(100n, 60n)];
    const { id: walletId } = await fixture.wallet(other);
    const foreign = { accountId: mine, walletId, micros: 1n, count: 1, idempotencyKey: 'x' };
    const captured = fixture.database.transaction((tx) =>
      fixture.ledger.captureHolds(tx, [{ ...foreign, subject: { kind: 'message', id: 'm' } }], NOW),
    );
    await expect(captured).rejects.toThrow('is not there');
  });

  it('keeps the numbers and times of a wallet in order, whatever clocks callers have', async () => {
    const account = await held(100n, 60n);
    const { id: walletId } = await fixture.wallet(account);
    const early = new Date(NOW.getTime() - 60_000);
    const late = { accountId: account, walletId, micros: 1n, count: 1, subject: { kind: 'message', id: 'm' } };
    await fixture.database.transaction((tx) =>
      fixture.ledger.captureHolds(tx, [{ ...late, idempotencyKey: 'late' }], early),
    );
    const rows = await fixture.database.query<{ wallet_seq: bigint; created_at: Date }>(
      `SELECT wallet_seq, created_at FROM ledger_entries WHERE account_id = $1 ORDER BY wallet_seq`,
      [account],
    );
    expect(rows.map((row) => row.wallet_seq)).toEqual([1n, 2n, 3n]);
    expect(rows.map((row) => row.created_at)).toEqual([NOW, NOW, NOW]);
  });
});

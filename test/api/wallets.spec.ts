import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/modules/accounts/index.js';
import { LedgerService, WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('wallets', () => {
  let db: TestDatabase;
  let test: TestApp;
  let ledger: LedgerService;
  const noon = new Date('2026-03-02T12:00:00Z');
  const minutesAfterNoon = (minutes: number) => new Date(noon.getTime() + minutes * 60_000);

  const open = async (): Promise<string> => {
    const accounts = test.app.get(AccountsService, { strict: false });
    const { id } = await db.database.transaction((tx) =>
      accounts.create(tx, {
        name: 'Klinika',
        country: 'PL',
        currency: 'PLN',
        locale: 'pl',
        timeZone: 'Europe/Warsaw',
        actor: { kind: 'system', id: null },
      }),
    );
    return id;
  };
  const topUp = (accountId: string, micros: bigint, at = noon) =>
    db.database.transaction((tx) =>
      ledger.topUp(
        tx,
        {
          accountId,
          currency: 'PLN',
          micros,
          idempotencyKey: randomUUID(),
          subject: { kind: 'payment', id: 'p1' },
          from: 'bank',
        },
        at,
      ),
    );
  const get = (accountId: string, path: string) => test.http().get(path).set(test.as(accountId));
  const wallet = async (accountId: string) => (await get(accountId, '/v1/wallets').expect(200)).body.data[0];
  const adjust = (accountId: string, body: object, key: string = randomUUID()) =>
    test
      .http()
      .post(`/admin/v1/accounts/${accountId}/adjustments`)
      .set(test.asStaff())
      .set('idempotency-key', key)
      .send(body);

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({ imports: [WalletsModule], database: db.database });
    ledger = test.app.get(LedgerService, { strict: false });
  });
  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  it('[Z3] shows the balance: what can be spent, what is held, and the credit limit', async () => {
    const accountId = await open();
    await topUp(accountId, 5_000_000n);
    const item = { accountId, itemKey: 'm', priceMicros: 140_000n, currency: 'PLN' as const };
    const batch = { batchKey: 'b', onInsufficientFunds: 'partial' as const, items: [item] };
    await db.database.transaction((tx) =>
      ledger.placeHolds(tx, [{ ...batch, subject: { kind: 'message', id: 'm' } }], noon),
    );
    const { body } = await get(accountId, '/v1/wallets').expect(200);
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          service: 'sms',
          currency: 'PLN',
          balance: { amount: '4.860000', currency: 'PLN' },
          held: { amount: '0.140000', currency: 'PLN' },
          creditLimit: { amount: '0.000000', currency: 'PLN' },
        },
      ],
      nextCursor: null,
    });
    await get(accountId, `/v1/wallets/${body.data[0].id}`).expect(200, body.data[0]);
  });

  it('hides wallets of other accounts behind the 404 of wallets that are not there', async () => {
    const [mine, other] = [await open(), await open()];
    const { id } = await wallet(other);
    for (const unknown of [id, randomUUID(), 'nonsense', `${id}/transactions`, `${randomUUID()}/transactions`])
      await get(mine, `/v1/wallets/${unknown}`).expect(404);
    await test
      .http()
      .get('/v1/wallets')
      .set(test.as(mine, ['messages:send']))
      .expect(403);
  });

  describe('statement', () => {
    let accountId: string;
    let path: string;
    beforeAll(async () => {
      accountId = await open();
      const { id: walletId } = await wallet(accountId);
      path = `/v1/wallets/${walletId}/transactions`;
      await topUp(accountId, 1_000_000n);
      const items = ['a', 'b', 'c'].map((itemKey) => ({
        accountId,
        itemKey,
        priceMicros: 100_000n,
        currency: 'PLN' as const,
      }));
      const subject = { kind: 'campaign', id: 'c1' };
      const held = { batchKey: 'b', onInsufficientFunds: 'partial' as const, items, subject };
      await db.database.transaction((tx) => ledger.placeHolds(tx, [held], minutesAfterNoon(1)));
      const part = { accountId, walletId, subject };
      const move = (kind: 'capture' | 'release' | 'refund', micros: bigint, count: number) => ({
        ...part,
        kind,
        micros,
        count,
        idempotencyKey: kind,
      });
      const settle = [move('capture', 200_000n, 2), move('release', 100_000n, 1), move('refund', 100_000n, 1)];
      await db.database.transaction((tx) => ledger.settle(tx, settle, minutesAfterNoon(2)));
      await topUp(accountId, 50_000n, minutesAfterNoon(3));
    });
    const rows = async (query: object) => (await get(accountId, path).query(query).expect(200)).body.data;
    const kinds = async (query: object) => (await rows(query)).map((row: { kind: string }) => row.kind);

    it('shows every transaction, newest first, with what it changed and the balances after it', async () => {
      const shown = (await rows({})).map((row: Record<string, { amount: string }>) => [
        row['number'],
        row['kind'],
        ...['amount', 'balance', 'heldAmount', 'held'].map((field) => row[field]!.amount.slice(0, -4)),
        row['count'],
      ]);
      expect(shown).toEqual([
        [6, 'top_up', '0.05', '0.95', '0.00', '0.00', 1],
        [5, 'refund', '0.10', '0.90', '0.00', '0.00', 1],
        [4, 'release', '0.10', '0.80', '-0.10', '0.00', 1],
        [3, 'capture', '0.00', '0.70', '-0.20', '0.10', 2],
        [2, 'hold', '-0.30', '0.70', '0.30', '0.30', 3],
        [1, 'top_up', '1.00', '1.00', '0.00', '0.00', 1],
      ]);
    });

    it('pages by a cursor, over several rows of one instant', async () => {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const { body } = await get(accountId, path).query({ limit: 2, cursor }).expect(200);
        seen.push(...body.data.map((row: { number: number }) => row.number));
        cursor = body.nextCursor ?? undefined;
      } while (cursor);
      expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
    });

    it('filters by kind and by a half-open period', async () => {
      expect(await kinds({ kind: 'top_up' })).toEqual(['top_up', 'top_up']);
      expect(await kinds({ kind: 'refund,hold' })).toEqual(['refund', 'hold']);
      expect(await kinds({ kind: ['refund', 'hold'], limit: 1 })).toEqual(['refund']);
      expect(await kinds({ from: '2026-03-02T13:01:00+01:00', to: '2026-03-02T12:02:00Z' })).toEqual(['hold']);
      expect(await kinds({ from: '2026-03-02T12:02:00Z', kind: 'top_up' })).toEqual(['top_up']);
    });

    it.each([
      ['an instant without offset', { from: '2026-03-02T12:00:00' }],
      ['an unknown kind', { kind: 'theft' }],
      ['an unknown filter', { colour: 'red' }],
      ['a foreign cursor', { cursor: 'bm9uc2Vuc2U' }],
      ['a cursor with rubbish in it', { cursor: Buffer.from('["2026","x"]').toString('base64url') }],
      ['a limit over 100', { limit: 101 }],
    ])('refuses %s', async (_name, query) => {
      await get(accountId, path)
        .query(query)
        .expect('cursor' in query ? 400 : 422);
    });
  });

  describe('corrections by staff', () => {
    it('go up and down with a reason, which the account sees', async () => {
      const accountId = await open();
      await adjust(accountId, { amount: '10.00', currency: 'PLN', reason: 'goodwill' }).expect(201);
      const { body } = await adjust(accountId, { amount: '-2.5', currency: 'PLN', reason: 'a typo' }).expect(201);
      expect(body.wallet.balance).toEqual({ amount: '7.500000', currency: 'PLN' });
      const statement = await get(accountId, `/v1/wallets/${body.wallet.id}/transactions`).expect(200);
      expect(statement.body.data[0]).toMatchObject({ id: body.id, kind: 'adjustment', reason: 'a typo' });
      const trail = await db.database.query(
        `SELECT action, details->>'reason' AS reason FROM account_audit WHERE account_id = $1 AND action = 'wallet.adjusted' ORDER BY id`,
        [accountId],
      );
      expect(trail).toEqual([
        { action: 'wallet.adjusted', reason: 'goodwill' },
        { action: 'wallet.adjusted', reason: 'a typo' },
      ]);
    });

    it('happen once per idempotency key', async () => {
      const accountId = await open();
      const body = { amount: '10.00', currency: 'PLN', reason: 'goodwill' };
      const first = await adjust(accountId, body, 'k').expect(201);
      const again = await adjust(accountId, body, 'k').expect(201);
      expect(again.body).toEqual(first.body);
      const other = await adjust(accountId, { ...body, amount: '11.00' }, 'k').expect(422);
      expect(other.body.code).toBe('idempotency_key_reused');
      expect((await wallet(accountId)).balance.amount).toBe('10.000000');
    });

    it('take no more than there is, and say what is missing', async () => {
      const accountId = await open();
      await topUp(accountId, 1_000_000n);
      const { body } = await adjust(accountId, { amount: '-1.000001', currency: 'PLN', reason: 'a typo' }).expect(402);
      expect(body).toMatchObject({
        code: 'insufficient_funds',
        shortfall: { amount: '0.000001', currency: 'PLN' },
      });
      await adjust(accountId, { amount: '-1.000000', currency: 'PLN', reason: 'a typo' }).expect(201);
    });

    it.each([
      ['of 30 digits', { amount: '9'.repeat(30) }],
      ['of nothing', { amount: '0' }],
      ['without a reason', { reason: '' }],
      ['in a currency that is not sold in', { currency: 'XXX' }],
      ['with a field that nobody knows', { balance: '5' }],
    ])('are refused %s', async (_name, change) => {
      const accountId = await open();
      await adjust(accountId, { amount: '1', currency: 'PLN', reason: 'goodwill', ...change }).expect(422);
    });

    it('need a key, an account that is there, and staff', async () => {
      const accountId = await open();
      const body = { amount: '1', currency: 'PLN', reason: 'goodwill' };
      const path = `/admin/v1/accounts/${accountId}/adjustments`;
      const without = await test.http().post(path).set(test.asStaff()).send(body).expect(400);
      expect(without.body.code).toBe('idempotency_key_required');
      await adjust(randomUUID(), body).expect(404);
      await test.http().post(path).set(test.as(accountId)).set('idempotency-key', 'x').send(body).expect(403);
      await test
        .http()
        .post(path)
        .set(test.asStaff(['wallets:read']))
        .set('idempotency-key', 'x')
        .send(body)
        .expect(403);
    });
  });

  it('lets staff set how far a balance may go below zero', async () => {
    const accountId = await open();
    const { id } = await wallet(accountId);
    const path = `/admin/v1/accounts/${accountId}/wallets/${id}/credit-limit`;
    const put = (body: object) => test.http().put(path).set(test.asStaff()).send(body);
    const { body } = await put({ amount: '3', currency: 'PLN' }).expect(200);
    expect(body.creditLimit).toEqual({ amount: '3.000000', currency: 'PLN' });
    expect((await put({ amount: '3', currency: 'EUR' }).expect(422)).body.code).toBe('currency_mismatch');
    await put({ amount: '-1', currency: 'PLN' }).expect(422);
    const reason = { currency: 'PLN', reason: 'spends the credit' };
    await adjust(accountId, { amount: '-3.000001', ...reason }).expect(402);
    await adjust(accountId, { amount: '-3', ...reason }).expect(201);
    const seen = await test.http().get(`/admin/v1/accounts/${accountId}/wallets`).set(test.asStaff()).expect(200);
    expect(seen.body.data[0]).toMatchObject({ id, balance: { amount: '-3.000000' } });
    await test.http().get(`/admin/v1/accounts/${accountId}/wallets/${id}/transactions`).set(test.asStaff()).expect(200);
  });
});

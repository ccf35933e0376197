import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/modules/accounts/index.js';
import { TariffsModule } from '../../src/modules/tariffs/index.js';
import { Clock } from '../../src/kernel/clock.js';
import type { Currency } from '../../src/kernel/money.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('prices', () => {
  let db: TestDatabase;
  let test: TestApp;
  let accountId: string;

  const open = async (currency: Currency): Promise<string> => {
    const accounts = test.app.get(AccountsService, { strict: false });
    const input = { name: 'Biuro', country: 'PL', locale: 'pl' as const, timeZone: 'Europe/Warsaw' };
    const { id } = await db.database.transaction((tx) =>
      accounts.create(tx, { ...input, currency, actor: { kind: 'system', id: null } }),
    );
    return id;
  };
  const price = (to?: string, account = accountId) => test.http().get('/v1/prices').query({ to }).set(test.as(account));
  const staff = (method: 'get' | 'post' | 'put' | 'patch', path: string, body?: object) =>
    test.http()[method](`/admin/v1/${path}`).set(test.asStaff()).send(body);
  const create = (change: object = {}) =>
    staff('post', 'tariffs', {
      code: `t-${randomUUID()}`,
      name: 'Biura',
      currency: 'PLN',
      chargeOn: 'delivery',
      refundUndelivered: false,
      prices: [
        { prefix: '', amount: '0.50' },
        { prefix: '48', amount: '0.12' },
      ],
      ...change,
    });

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({ imports: [TariffsModule], database: db.database });
    accountId = await open('PLN');
  });
  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  it('[D3] tells the price of one SMS that will be taken from the wallet', async () => {
    const { body } = await price('+48 600 100 200').expect(200);
    expect(body).toEqual({
      data: [
        { prefix: '48', price: { amount: '0.140000', currency: 'PLN' }, chargeOn: 'submit', refundUndelivered: true },
      ],
      nextCursor: null,
    });
    expect((await price('600100200').expect(200)).body).toEqual(body);
  });

  it('[D3] lists what every direction costs', async () => {
    const { body } = await price().expect(200);
    const prefixes = body.data.map((row: { prefix: string }) => row.prefix);
    expect(prefixes).toEqual(['', '1', '30', '357', '375', '380', '44', '48', '49', '7', '77']);
  });

  it('refuses what is no number, and says when there is no price', async () => {
    const wrong = await price('12345').expect(422);
    expect(wrong.body.errors).toEqual([expect.objectContaining({ pointer: '/to', code: 'invalid_number' })]);
    const none = await price('+48600100200', await open('CRD')).expect(404);
    expect(none.body.code).toBe('no_tariff');
    await test
      .http()
      .get('/v1/prices')
      .set(test.as(accountId, ['messages:send']))
      .expect(403);
  });

  it('lets staff make a tariff and price an account by it at once', async () => {
    const account = await open('PLN');
    const { body: tariff, headers } = await create().expect(201);
    expect(headers['etag']).toBe('"v1"');
    await staff('put', `accounts/${account}/tariff`, { tariffId: tariff.id }).expect(200);
    expect((await price('+48600100200', account).expect(200)).body.data).toEqual([
      { prefix: '48', price: { amount: '0.120000', currency: 'PLN' }, chargeOn: 'delivery', refundUndelivered: false },
    ]);
    const { body } = await staff('get', `accounts/${account}/tariffs`).expect(200);
    expect(body.data.map((one: { tariff: { code: string } }) => one.tariff.code)).toEqual([
      tariff.code,
      'standard-pln',
    ]);
    await staff('get', `tariffs/${tariff.id}`).expect(200, tariff);
  });

  it('prices no account by a tariff of another currency, which its wallet could not pay', async () => {
    const { body: tariff } = await create({ currency: 'EUR' }).expect(201);
    const refused = await staff('put', `accounts/${await open('PLN')}/tariff`, { tariffId: tariff.id }).expect(422);
    expect(refused.body.errors).toEqual([
      {
        pointer: '/tariffId',
        code: 'tariff_other_currency',
        detail: 'The tariff is in EUR, the account in PLN',
        params: { tariff: 'EUR', account: 'PLN' },
      },
    ]);
  });

  it('changes prices from now on or later, and keeps the history', async () => {
    const account = await open('PLN');
    const { body: tariff } = await create().expect(201);
    await staff('put', `accounts/${account}/tariff`, { tariffId: tariff.id }).expect(200);
    const later = new Date(test.app.get(Clock, { strict: false }).now().getTime() + 3_600_000).toISOString();
    const prices = [
      { prefix: '4860', amount: '0.10' },
      { prefix: '48', amount: '0.20', validFrom: later },
    ];
    await staff('post', `tariffs/${tariff.id}/prices`, { prices }).expect(200);
    const amount = async (to: string) => (await price(to, account).expect(200)).body.data[0].price.amount;
    expect(await amount('+48600100200')).toBe('0.100000');
    expect(await amount('+48500100200')).toBe('0.120000');
    const first = await staff('get', `tariffs/${tariff.id}/prices?limit=2`).expect(200);
    const second = await staff('get', `tariffs/${tariff.id}/prices?limit=2&cursor=${first.body.nextCursor}`).expect(
      200,
    );
    const history = [...first.body.data, ...second.body.data];
    expect(history.map((row) => `${row.prefix}:${row.price.amount}`)).toEqual([
      ':0.500000',
      '48:0.120000',
      '48:0.200000',
      '4860:0.100000',
    ]);
    expect(second.body.nextCursor).toBeNull();
    const past = { prices: [{ prefix: '48', amount: '1', validFrom: '2020-01-01T00:00:00Z' }] };
    const refused = await staff('post', `tariffs/${tariff.id}/prices`, past).expect(422);
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/prices/0/validFrom', code: 'valid_from_past' });
  });

  it('has one default per currency, which new accounts get', async () => {
    const { body: tariff } = await create({ currency: 'CRD' }).expect(201);
    const patch = (body: object, version: string) =>
      staff('patch', `tariffs/${tariff.id}`, body).set('if-match', version);
    const renamed = await patch({ isDefault: true, name: 'Kredyty' }, '"v1"').expect(200);
    expect(renamed.body).toMatchObject({ isDefault: true, name: 'Kredyty' });
    expect((await price('+48600100200', await open('CRD')).expect(200)).body.data[0].price.currency).toBe('CRD');
    await patch({ name: 'x' }, '"v1"').expect(412);
    const { body: next } = await create({ currency: 'CRD' }).expect(201);
    await staff('patch', `tariffs/${next.id}`, { isDefault: true }).set('if-match', '"v1"').expect(200);
    expect((await staff('get', `tariffs/${tariff.id}`).expect(200)).body.isDefault).toBe(false);
    await staff('patch', `tariffs/${next.id}`, { name: 'x' }).expect(428);
  });

  it.each([
    ['a refund of what was not charged on submit', { refundUndelivered: true }, '/refundUndelivered'],
    ['a prefix that is no digits', { prices: [{ prefix: '+48', amount: '1' }] }, '/prices/0/prefix'],
    ['a negative price', { prices: [{ prefix: '48', amount: '-1' }] }, '/prices/0/amount'],
    ['seven decimals', { prices: [{ prefix: '48', amount: '0.0000001' }] }, '/prices/0/amount'],
    [
      'one prefix twice',
      {
        prices: [
          { prefix: '48', amount: '1' },
          { prefix: '48', amount: '2' },
        ],
      },
      '/prices/1/prefix',
    ],
    ['a code with blanks', { code: 'my tariff' }, '/code'],
  ])('refuses %s', async (_name, change, pointer) => {
    const { body } = await create(change).expect(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it('refuses a code that is taken, a tariff that is not there, and callers who are not staff', async () => {
    const { body: tariff } = await create().expect(201);
    expect((await create({ code: tariff.code }).expect(409)).body.code).toBe('tariff_code_taken');
    await staff('get', `tariffs/${randomUUID()}`).expect(404);
    await staff('post', `tariffs/${randomUUID()}/prices`, { prices: [{ prefix: '', amount: '1' }] }).expect(404);
    await staff('put', `accounts/${randomUUID()}/tariff`, { tariffId: tariff.id }).expect(404);
    await staff('put', `accounts/${accountId}/tariff`, { tariffId: randomUUID() }).expect(422);
    await test.http().get('/admin/v1/tariffs').set(test.as(accountId)).expect(403);
    const listed = await staff('get', 'tariffs?limit=1').expect(200);
    expect(listed.body.data).toHaveLength(1);
  });
});

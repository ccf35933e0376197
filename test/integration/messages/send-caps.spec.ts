import { SendCaps } from '../../../src/modules/messages/index.js';
import { expectCleanAudit } from '../../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../../support/cabinet.js';
import { FakeClock } from '../../support/clock.js';

const DAY_MS = 86_400_000;
const polish = (n: number) => `4851${String(n).padStart(7, '0')}`;

describe('caps by country', () => {
  const clock = new FakeClock();
  let cabinet: Cabinet;
  let account: string;

  beforeAll(async () => {
    cabinet = await createCabinet({ clock });
  });
  beforeEach(async () => {
    account = (await cabinet.account(10_000)).id;
  });
  afterEach(async () => {
    for (const { id, accountId } of (await staff('get', '?limit=100')).body.data)
      if (accountId) await staff('delete', `/${id}`);
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  async function staff(method: 'get' | 'put' | 'delete', path = '', body?: object) {
    const request = cabinet.test.http()[method](`/admin/v1/send-caps${path}`).set(cabinet.test.asStaff());
    return body ? request.send(body) : request;
  }
  const cap = async (country: string, maxPerDay: number, more: object = {}) => {
    const body = { accountId: account, traffic: 'messages', country, maxPerDay, ...more };
    const answer = await staff('put', '', body);
    expect(answer.status).toBe(200);
    return answer.body.id as string;
  };
  const send = async (to: string[], more: object = {}) => {
    const { items } = await cabinet.messages.accept(sending(account, to, more));
    return items.map(({ code, status }) => code ?? status);
  };

  it('are exact within a call, count each country by itself, and begin anew every day', async () => {
    await cap('each', 2);
    expect(await send([phone(1), polish(1), phone(2), phone(3), polish(2), polish(3)])).toEqual([
      'queued',
      'queued',
      'queued',
      'country_capped',
      'queued',
      'country_capped',
    ]);
    expect(await send([phone(4)])).toEqual(['country_capped']);
    const [refused] = (await cabinet.rows(account)).filter(({ state }) => state === 'blocked');
    expect(refused).toMatchObject({ reason: 'country_capped', charge_state: 'none' });
    clock.advance({ ms: DAY_MS });
    expect(await send([phone(4)])).toEqual(['queued']);
  });

  it('are exact when many callers come together', async () => {
    await cap('RU', 25);
    const results = await Promise.all(Array.from({ length: 60 }, (_, n) => send([phone(100 + n)])));
    expect(results.flat().filter((result) => result === 'queued')).toHaveLength(25);
    expect(results.flat().filter((result) => result === 'country_capped')).toHaveLength(35);
  });

  it('of an account go before those of all, a country’s before the one for each, and one for all countries beside them', async () => {
    const forAll = await cap('RU', 1, { accountId: null });
    expect(await send([phone(1), phone(2)])).toEqual(['queued', 'country_capped']);
    await cap('each', 3);
    await cap('PL', 1);
    expect(await send([phone(2), phone(3), phone(4)])).toEqual(['queued', 'queued', 'country_capped']);
    expect(await send([polish(1), polish(2)])).toEqual(['queued', 'country_capped']);
    await cap('all', 2);
    await cap('each', 100);
    expect(await send([phone(5), '306900000001', '306900000002'])).toEqual(['queued', 'queued', 'account_capped']);
    await cap('GR', 0);
    clock.advance({ ms: DAY_MS });
    expect(await send(['306900000001', phone(6)])).toEqual(['country_capped', 'queued']);
    expect((await staff('delete', `/${forAll}`)).status).toBe(204);
  });

  it('do not count what could not be paid, and count what waits for funds', async () => {
    account = (await cabinet.account(0)).id;
    await cap('RU', 2);
    expect(await send([phone(1), phone(2), phone(3)])).toEqual(['no_funds', 'no_funds', 'country_capped']);
    expect(await send([phone(1), phone(2), phone(3)], { onInsufficientFunds: 'wait' })).toEqual([
      'no_funds',
      'no_funds',
      'country_capped',
    ]);
    const states = (await cabinet.rows(account)).map(({ state }) => state);
    expect(states.filter((state) => state === 'waiting_funds')).toHaveLength(2);
    expect(await send([phone(4)])).toEqual(['country_capped']);
  });

  it('hold for one-time codes by themselves, which have one for every country from the start', async () => {
    const { data } = (await staff('get')).body;
    expect(data).toContainEqual(
      expect.objectContaining({ accountId: null, traffic: 'codes', country: 'each', maxPerDay: 2_000 }),
    );
    await cap('RU', 1, { traffic: 'codes' });
    expect(await send([phone(1), phone(2)], { lane: 'otp', source: 'verification' })).toEqual([
      'queued',
      'country_capped',
    ]);
    expect(await send([phone(1), phone(2)])).toEqual(['queued', 'queued']);
    expect(await send([polish(1)], { lane: 'otp', source: 'verification' })).toEqual(['queued']);
  });

  it('are set and removed by the staff, with a trail', async () => {
    const id = await cap('PL', 5);
    expect(await cap('PL', 6)).toBe(id);
    const { body } = await staff('get', `?accountId=${account}`);
    expect(body.data).toEqual([expect.objectContaining({ id, country: 'PL', traffic: 'messages', maxPerDay: 6 })]);
    expect((await staff('delete', `/${id}`)).status).toBe(204);
    expect((await staff('delete', `/${id}`)).body).toMatchObject({ status: 404, code: 'send_cap_not_found' });
    const trail = await cabinet.db.database.query(
      `SELECT action, details->>'maxPerDay' AS max FROM account_audit WHERE account_id = $1 AND action LIKE 'send_cap.%' ORDER BY id`,
      [account],
    );
    expect(trail).toEqual([
      { action: 'send_cap.set', max: '5' },
      { action: 'send_cap.set', max: '6' },
      { action: 'send_cap.removed', max: '6' },
    ]);
    const stranger = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';
    const unknown = await staff('put', '', { accountId: stranger, traffic: 'messages', country: 'PL', maxPerDay: 1 });
    expect(unknown.body).toMatchObject({ status: 404, code: 'account_not_found' });
    const wrong = await staff('put', '', { accountId: account, traffic: 'pigeons', country: 'Poland', maxPerDay: -1 });
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual([
      '/country',
      '/maxPerDay',
      '/traffic',
    ]);
  });

  it('forget counters of days long past', async () => {
    await cap('RU', 5);
    await send([phone(1)]);
    const caps = cabinet.test.app.get(SendCaps);
    expect(await caps.forgetCounts(clock.now())).toBe(0);
    clock.advance({ ms: 32 * DAY_MS });
    expect(await caps.forgetCounts(clock.now())).toBeGreaterThan(0);
  });
});

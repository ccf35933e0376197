import { randomUUID } from 'node:crypto';
import { AccountFeatures } from '../../src/modules/accounts/index.js';
import { MissedCallsModule } from '../../src/modules/missed-calls/index.js';
import { MessageStatistics, StatisticsModule } from '../../src/modules/statistics/index.js';
import { RenewSubscriptions, SubscriptionsModule } from '../../src/modules/subscriptions/index.js';
import { LedgerService } from '../../src/modules/wallets/index.js';
import { expectCleanAudit } from '../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../support/cabinet.js';
import { FakeClock } from '../support/clock.js';
import { until } from '../support/until.js';

const RUBLE = 1_000_000n;
const NAMES = { en: 'Archive', ru: 'Архив', pl: 'Archiwum', el: 'Αρχείο' };

describe('services and subscriptions over HTTP', () => {
  let cabinet: Cabinet;
  let renewals: RenewSubscriptions;
  const clock = new FakeClock('2026-01-10T09:00:00Z');
  const http = () => cabinet.test.http();
  const staff = () => cabinet.test.asStaff();
  const as = (accountId: string) => cabinet.test.as(accountId);
  const key = () => ({ 'idempotency-key': randomUUID() });

  beforeAll(async () => {
    cabinet = await createCabinet({
      imports: [SubscriptionsModule, MissedCallsModule, StatisticsModule],
      clock,
      poolSize: 12,
    });
    renewals = cabinet.test.app.get(RenewSubscriptions, { strict: false });
    await price('sales_tools', '300.00');
    await price('support_request', '500.00');
    await change('support_request', { selfServiceIn: ['RU'] });
    await create({
      code: 'archive',
      kind: 'recurring',
      graceDays: 3,
      features: ['archive'],
      prices: [rubles('100.00')],
    });
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  const rubles = (amount: string, validFrom?: string) => ({ price: { amount, currency: 'RUB' }, validFrom });
  const create = (service: object) =>
    http()
      .post('/admin/v1/services')
      .set(staff())
      .send({ names: NAMES, ...service });
  const serviceOf = async (code: string): Promise<{ id: string }> => {
    const { body } = await http().get('/admin/v1/services?limit=100').set(staff()).expect(200);
    return body.data.find((one: { code: string }) => one.code === code);
  };
  const price = async (code: string, amount: string, validFrom?: string) =>
    http()
      .post(`/admin/v1/services/${(await serviceOf(code)).id}/prices`)
      .set(staff())
      .send({ prices: [rubles(amount, validFrom)] })
      .expect(200);
  const change = async (code: string, fields: object) => {
    const path = `/admin/v1/services/${(await serviceOf(code)).id}`;
    const { headers } = await http().get(path).set(staff()).expect(200);
    return http().patch(path).set(staff()).set('if-match', headers['etag']!).send(fields).expect(200);
  };
  const buy = (accountId: string, service: string, headers: Record<string, string> = key()) =>
    http().post('/v1/subscriptions').set(as(accountId)).set(headers).send({ service });
  const buyByStaff = (accountId: string, service: string) =>
    http().post(`/admin/v1/accounts/${accountId}/subscriptions`).set(staff()).set(key()).send({ service });
  const shown = async (accountId: string, id: string) =>
    (await http().get(`/v1/subscriptions/${id}`).set(as(accountId)).expect(200)).body;
  const balance = async (accountId: string) => (await cabinet.wallet(accountId)).availableMicros / RUBLE;
  const periods = (id: string) =>
    cabinet.db.database.query<{ starts: Date; ends: Date; price: bigint }>(
      `SELECT starts_at AS starts, ends_at AS ends, price_micros AS price FROM subscription_periods WHERE subscription_id = $1 ORDER BY period_no`,
      [id],
    );
  const hasArchive = async (accountId: string) =>
    (await cabinet.test.app.get(AccountFeatures, { strict: false }).of(accountId, clock.now())).has('archive');
  const statement = async (accountId: string, query: object = {}) => {
    const { id } = await cabinet.wallet(accountId);
    return http().get(`/v1/wallets/${id}/transactions`).query(query).set(as(accountId));
  };

  describe('the catalogue', () => {
    it('is kept by the staff: added, changed by who has read it, with every change in the trail', async () => {
      const { body, headers } = await create({ code: 'reports', kind: 'one_off', validDays: 10 }).expect(201);
      expect(body).toMatchObject({ code: 'reports', names: NAMES, soldIn: null, features: [], onSale: true });
      expect((await create({ code: 'reports', kind: 'recurring' }).expect(409)).body.code).toBe('service_code_taken');
      const path = `/admin/v1/services/${body.id}`;
      const patch = () =>
        http()
          .patch(path)
          .set(staff())
          .send({ onSale: false, soldIn: ['PL'] });
      expect((await patch().expect(428)).body.code).toBe('if_match_required');
      expect((await patch().set('if-match', headers['etag']!).expect(200)).body).toMatchObject({
        onSale: false,
        soldIn: ['PL'],
        validDays: 10,
      });
      expect((await patch().set('if-match', headers['etag']!).expect(412)).body.code).toBe('version_mismatch');
      const trail = await cabinet.db.database.query(
        `SELECT action, details ->> 'onSale' AS sale FROM account_audit WHERE subject = $1 ORDER BY id`,
        [`service:${body.id}`],
      );
      expect(trail).toEqual([
        { action: 'service.created', sale: null },
        { action: 'service.changed', sale: 'false' },
      ]);
    });

    it.each([
      ['a one-off without days', { code: 'x', kind: 'one_off' }, '/validDays', 'one_off_needs_days'],
      ['a monthly one with days', { code: 'x', kind: 'recurring', validDays: 3 }, '/validDays', 'one_off_needs_days'],
      ['an unknown base', { code: 'x', kind: 'recurring', onTopOf: 'nothing' }, '/onTopOf', 'service_not_found'],
      ['what is paid by the message', { code: 'x', kind: 'messaging' }, '/kind', 'invalid_field'],
      [
        'a name that is missing',
        { code: 'x', kind: 'recurring', names: { ...NAMES, el: ' ' } },
        '/names/el',
        'invalid_line',
      ],
      [
        'a price in the past',
        {
          code: 'x',
          kind: 'recurring',
          prices: [{ price: { amount: '1', currency: 'RUB' }, validFrom: '2025-01-01T00:00:00Z' }],
        },
        '/prices/0/validFrom',
        'price_from_past',
      ],
    ])('refuses %s', async (_name, service, pointer, code) => {
      const { body } = await create(service).expect(422);
      expect(body.errors).toContainEqual(expect.objectContaining({ pointer, code }));
    });

    it('shows prices with their history', async () => {
      const { id } = await serviceOf('archive');
      await price('archive', '150.00', '2026-05-01T00:00:00Z');
      const { body } = await http().get(`/admin/v1/services/${id}/prices`).set(staff()).expect(200);
      expect(body.data.map((one: { price: { amount: string } }) => one.price.amount)).toEqual([
        '100.000000',
        '150.000000',
      ]);
    });
  });

  describe('buying', () => {
    it('[T7] an account buys a support request itself, where its country allows it', async () => {
      const account = (await cabinet.account(1_000)).id;
      const offers = await http().get('/v1/service-offers').set(as(account)).set('accept-language', 'pl').expect(200);
      expect(offers.body.data).toContainEqual(
        expect.objectContaining({
          code: 'support_request',
          name: 'Zgłoszenie do wsparcia',
          kind: 'one_off',
          price: { amount: '500.000000', currency: 'RUB' },
          selfService: true,
        }),
      );
      const once = key();
      const { body } = await buy(account, 'support_request', once).expect(201);
      expect(body).toMatchObject({
        service: { code: 'support_request', kind: 'one_off' },
        status: 'active',
        boughtBy: 'account',
        validFrom: '2026-01-10T09:00:00.000Z',
        validUntil: '2026-02-09T21:00:00.000Z',
        renewsAt: null,
      });
      expect((await buy(account, 'support_request', once).expect(201)).body).toEqual(body);
      expect(await balance(account)).toBe(500n);
      // Another request is another purchase.
      await buy(account, 'support_request').expect(201);
      expect(await balance(account)).toBe(0n);
    });

    it('[T7] where its country does not, only the staff buys it for the account', async () => {
      const abroad = (await cabinet.account(1_000, { country: 'PL' })).id;
      const refused = await buy(abroad, 'support_request').set('accept-language', 'pl').expect(403);
      expect(refused.body).toMatchObject({
        code: 'service_not_self_service',
        title: 'W kraju konta tę usługę kupuje się u operatora',
      });
      const { data } = (await http().get('/v1/service-offers').set(as(abroad)).expect(200)).body;
      expect(data).toContainEqual(expect.objectContaining({ code: 'support_request', selfService: false }));
      expect(await balance(abroad)).toBe(1_000n);
      expect((await buyByStaff(abroad, 'support_request').expect(201)).body).toMatchObject({ boughtBy: 'staff' });
      expect(await balance(abroad)).toBe(500n);
      const list = await http().get(`/admin/v1/accounts/${abroad}/subscriptions`).set(staff()).expect(200);
      expect(list.body.data).toHaveLength(1);
    });

    it('nobody buys what is not sold in the country, has no price, is not on sale, or lacks what it is bought on top of', async () => {
      const account = (await cabinet.account()).id;
      await create({ code: 'abroad', kind: 'recurring', soldIn: ['PL'], prices: [rubles('1')] }).expect(201);
      await create({ code: 'unpriced', kind: 'recurring' }).expect(201);
      await create({ code: 'attic', kind: 'recurring', onTopOf: 'archive', prices: [rubles('0')] }).expect(201);
      const codes = async (make: (service: string) => ReturnType<typeof buy>) =>
        Promise.all(
          ['abroad', 'unpriced', 'sms', 'attic'].map(async (service) => (await make(service).expect(409)).body.code),
        );
      const refusals = [
        'service_not_sold_here',
        'service_without_price',
        'service_not_on_sale',
        'base_service_missing',
      ];
      expect(await codes((service) => buy(account, service))).toEqual(refusals);
      expect(await codes((service) => buyByStaff(account, service))).toEqual(refusals);
      expect((await buy(account, 'nonsense').expect(422)).body.errors[0].code).toBe('service_not_found');
      const offered = (await http().get('/v1/service-offers').set(as(account)).expect(200)).body.data;
      expect(offered.map(({ code }: { code: string }) => code)).not.toContain('abroad');
      await buy(account, 'archive').expect(201);
      // Free of charge: a period without an entry.
      expect((await buy(account, 'attic').expect(201)).body.price.amount).toBe('0.000000');
      expect(await balance(account)).toBe(0n);
    });

    it('without funds says what is missing, and nothing is bought; with the last coin of the credit limit it is', async () => {
      const account = (await cabinet.account(60)).id;
      const { body } = await buy(account, 'archive').expect(402);
      expect(body).toMatchObject({ code: 'insufficient_funds', shortfall: { amount: '40.000000', currency: 'RUB' } });
      expect((await http().get('/v1/services').set(as(account)).expect(200)).body.data).toHaveLength(1);
      const { id } = await cabinet.wallet(account);
      const limit = (amount: string) =>
        http()
          .put(`/admin/v1/accounts/${account}/wallets/${id}/credit-limit`)
          .set(staff())
          .send({ amount, currency: 'RUB' })
          .expect(200);
      await limit('39.999999');
      expect((await buy(account, 'archive').expect(402)).body.shortfall.amount).toBe('0.000001');
      await limit('40');
      await buy(account, 'archive').expect(201);
      expect(await balance(account)).toBe(-40n);
    });

    it('is charged once, however often and from wherever it is pressed at the same moment', async () => {
      const account = (await cabinet.account(1_000)).id;
      const once = key();
      const same = await Promise.all(Array.from({ length: 4 }, () => buy(account, 'archive', once)));
      expect(same.filter(({ status }) => status === 201)).not.toHaveLength(0);
      expect(same.every(({ status }) => status === 201 || status === 409)).toBe(true);
      const others = await Promise.all(Array.from({ length: 4 }, () => buy(account, 'archive')));
      expect(others.map(({ body }) => body.code)).toEqual(Array(4).fill('already_subscribed'));
      const race = await Promise.all(Array.from({ length: 5 }, () => buy(account, 'sales_tools')));
      expect(race.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
      expect(await balance(account)).toBe(600n);
    });
  });

  describe('renewal', () => {
    it('keeps the day of the month by the clock of the account, and charges each period once, by however many at once', async () => {
      clock.set('2027-01-31T09:00:00Z');
      const account = (await cabinet.account(1_000)).id;
      const { body } = await buyByStaff(account, 'sales_tools').expect(201);
      expect(body).toMatchObject({ validUntil: '2027-02-27T21:00:00.000Z', renewsAt: '2027-02-27T21:00:00.000Z' });
      clock.set('2027-02-27T20:59:59.999Z');
      await renewals.sweep();
      expect(await balance(account)).toBe(700n);
      clock.set('2027-02-27T21:00:00Z');
      await Promise.all(Array.from({ length: 6 }, () => renewals.sweep()));
      expect(await balance(account)).toBe(400n);
      clock.set('2027-03-30T21:00:00Z');
      await renewals.sweep();
      await renewals.sweep();
      expect(await shown(account, body.id)).toMatchObject({
        period: 3,
        status: 'active',
        validUntil: '2027-04-29T21:00:00.000Z',
      });
      expect(await balance(account)).toBe(100n);
    });

    it('after an outage charges every missed period once, at the price in force when it began', async () => {
      clock.set('2027-05-15T09:00:00Z');
      const account = (await cabinet.account(1_000)).id;
      await price('archive', '160.00', '2027-07-01T00:00:00Z');
      const { id } = (await buy(account, 'archive').expect(201)).body;
      const poor = (await cabinet.account(310)).id;
      const unpaid = (await buy(poor, 'archive').expect(201)).body;
      clock.set('2027-08-20T09:00:00Z');
      expect(await hasArchive(account)).toBe(true);
      await Promise.all([renewals.sweep(), renewals.sweep()]);
      // As far as the money reaches; what is missing is waited for from today on.
      expect(await shown(poor, unpaid.id)).toMatchObject({
        status: 'waiting_funds',
        period: 2,
        validUntil: '2027-08-23T09:00:00.000Z',
      });
      expect(await balance(poor)).toBe(10n);
      const charged = await periods(id);
      expect(charged.map(({ price: micros }) => micros / RUBLE)).toEqual([150n, 150n, 160n, 160n]);
      expect(charged.map(({ starts }) => starts.toISOString())).toEqual([
        '2027-05-15T09:00:00.000Z',
        '2027-06-14T21:00:00.000Z',
        '2027-07-14T21:00:00.000Z',
        '2027-08-14T21:00:00.000Z',
      ]);
      expect(await shown(account, id)).toMatchObject({
        price: { amount: '160.000000' },
        validUntil: '2027-09-14T21:00:00.000Z',
      });
      expect(await balance(account)).toBe(380n);
    });

    it('waits for funds without taking the service away, and goes on by itself after a top-up', async () => {
      clock.set('2027-10-01T09:00:00Z');
      const account = (await cabinet.account(200)).id;
      const { id } = (await buy(account, 'archive').expect(201)).body;
      // We were late, too: grace is counted from when we first asked.
      clock.set('2027-11-05T09:00:00Z');
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({
        status: 'waiting_funds',
        validUntil: '2027-11-08T09:00:00.000Z',
        renewsAt: null,
      });
      clock.set('2027-11-06T09:00:00Z');
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({
        status: 'waiting_funds',
        validUntil: '2027-11-08T09:00:00.000Z',
      });
      expect(await hasArchive(account)).toBe(true);
      expect(await balance(account)).toBe(40n);
      await cabinet.topUp(account, 119n * RUBLE);
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({ status: 'waiting_funds' });
      await cabinet.topUp(account, 1n * RUBLE);
      await until('it goes on', async () => (await shown(account, id)).status === 'active');
      expect(await shown(account, id)).toMatchObject({ period: 2, renewsAt: '2027-11-30T21:00:00.000Z' });
      expect(await balance(account)).toBe(0n);
    });

    it('ends when grace is over, owes nothing, and is not brought back by a later top-up', async () => {
      clock.set('2028-01-31T09:00:00Z');
      const account = (await cabinet.account(160)).id;
      const { id } = (await buy(account, 'archive').expect(201)).body;
      clock.set('2028-02-28T21:00:00Z');
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({
        status: 'waiting_funds',
        validUntil: '2028-03-02T21:00:00.000Z',
      });
      expect(await hasArchive(account)).toBe(true);
      clock.set('2028-03-10T09:00:00Z');
      expect(await hasArchive(account)).toBe(false);
      await cabinet.topUp(account, 500n * RUBLE);
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({ status: 'ended', validUntil: '2028-03-02T21:00:00.000Z' });
      expect(await balance(account)).toBe(500n);
      const trail = await cabinet.db.database.query<{ action: string }>(
        `SELECT action FROM account_audit WHERE account_id = $1 AND subject = $2 ORDER BY id`,
        [account, `subscription:${id}`],
      );
      expect(trail.map(({ action }) => action)).toEqual([
        'subscription.bought',
        'subscription.waiting_funds',
        'subscription.ended',
      ]);
      await buy(account, 'archive').expect(201);
    });

    it('does not happen after a cancellation: it ends with what is paid for, or at once where nothing is', async () => {
      clock.set('2028-04-10T09:00:00Z');
      const [account, poor] = [(await cabinet.account(1_000)).id, (await cabinet.account(160)).id];
      const bought = (await buy(account, 'archive').expect(201)).body;
      const unpaid = (await buy(poor, 'archive').expect(201)).body;
      const cancel = (accountId: string, id: string) =>
        http().post(`/v1/subscriptions/${id}/cancel`).set(as(accountId));
      const cancelled = (await cancel(account, bought.id).expect(200)).body;
      expect(cancelled).toMatchObject({ status: 'active', cancelAtPeriodEnd: true, renewsAt: null });
      await cancel(account, bought.id).expect(200, cancelled);
      await cancel(poor, bought.id).expect(404);
      clock.set('2028-05-10T09:00:00Z');
      await renewals.sweep();
      expect(await shown(account, bought.id)).toMatchObject({
        status: 'cancelled',
        validUntil: '2028-05-09T21:00:00.000Z',
      });
      expect(await balance(account)).toBe(840n);
      expect((await cancel(account, bought.id).expect(409)).body.code).toBe('subscription_over');
      expect((await cancel(poor, unpaid.id).expect(200)).body).toMatchObject({ status: 'cancelled' });
    });
  });

  describe('[U8] apologies for missed calls', () => {
    const RULE = { name: 'Sales', numbers: ['+7 495 123-45-67'], text: 'Извините, перезвоним!' };
    let account: string;
    let tariffId: string;
    let callback: string;
    let calls = 0;
    const makeRule = (change: object = {}) =>
      http()
        .post('/v1/missed-call-rules')
        .set(as(account))
        .send({ ...RULE, ...change });
    const call = async () => {
      const event = { eventId: `c${++calls}`, direction: 'inbound', outcome: 'lost', caller: '+79161234567' };
      return (
        await http()
          .post(callback)
          .send({ ...event, virtualNumber: '+74951234567' })
          .expect(200)
      ).body;
    };
    const includes = async (...features: string[]) => {
      const path = `/admin/v1/tariffs/${tariffId}`;
      const { headers } = await http().get(path).set(staff()).expect(200);
      const request = http().patch(path).set(staff()).set('if-match', headers['etag']!);
      expect((await request.send({ features }).expect(200)).body.features).toEqual(features);
    };

    beforeAll(async () => {
      clock.set('2028-06-01T09:00:00Z');
      account = (await cabinet.account(1_000)).id;
      const tariff = { code: 'plain', name: 'Plain', currency: 'RUB', chargeOn: 'submit', refundUndelivered: false };
      const prices = [{ prefix: '', amount: '4.00' }];
      const made = await http()
        .post('/admin/v1/tariffs')
        .set(staff())
        .send({ ...tariff, prices })
        .expect(201);
      tariffId = made.body.id;
      expect(made.body.features).toEqual([]);
      const { body } = await http().put('/v1/telephony-callback').set(as(account)).send({}).expect(200);
      callback = new URL(body.url).pathname;
    });

    it('[U8] belong to accounts whose tariff includes them, and stop with it: calls are rows with the reason, nothing is sent', async () => {
      const { body: rule } = await makeRule().expect(201);
      expect(await call()).toEqual({ result: 'apology', reason: null });
      await http().put(`/admin/v1/accounts/${account}/tariff`).set(staff()).send({ tariffId }).expect(200);
      const refused = await makeRule({ numbers: ['+74950000001'] })
        .set('accept-language', 'ru')
        .expect(403);
      expect(refused.body).toMatchObject({
        code: 'apologies_not_included',
        title: 'Тариф не включает SMS-извинения за пропущенные звонки',
      });
      const before = await balance(account);
      expect(await call()).toEqual({ result: 'skipped', reason: 'apologies_not_included' });
      expect(await balance(account)).toBe(before);
      expect(await cabinet.rows(account)).toHaveLength(1);
      const { data } = (await http().get('/v1/calls?result=skipped').set(as(account)).expect(200)).body;
      expect(data).toEqual([
        expect.objectContaining({ eventId: 'c2', reason: 'apologies_not_included', messageId: null }),
      ]);
      // What is there can be seen, and switched off, but not on.
      await http().get(`/v1/missed-call-rules/${rule.id}`).set(as(account)).expect(200);
      await http().post(`/v1/missed-call-rules/${rule.id}/disable`).set(as(account)).expect(200);
      const enabled = await http().post(`/v1/missed-call-rules/${rule.id}/enable`).set(as(account)).expect(403);
      expect(enabled.body.code).toBe('apologies_not_included');
      await http().delete(`/v1/missed-call-rules/${rule.id}?confirm=true`).set(as(account)).expect(204);
    });

    it('[U8] need the option “sales tools”, which the account buys, and lose it with what was paid', async () => {
      await includes('missed_call_apologies');
      expect((await makeRule().expect(403)).body.code).toBe('sales_tools_missing');
      expect(await call()).toEqual({ result: 'skipped', reason: 'sales_tools_missing' });
      const { id } = (await buy(account, 'sales_tools').expect(201)).body;
      await makeRule().expect(201);
      expect(await call()).toEqual({ result: 'apology', reason: null });
      await http().post(`/v1/subscriptions/${id}/cancel`).set(as(account)).expect(200);
      expect(await call()).toEqual({ result: 'apology', reason: null });
      // Also before the schedule has looked at it.
      clock.set('2028-07-01T09:00:00Z');
      expect(await call()).toEqual({ result: 'skipped', reason: 'sales_tools_missing' });
    });
  });

  describe('what an account uses and pays', () => {
    let account: string;
    const services = async (query: object = {}, headers: Record<string, string> = {}) =>
      (await http().get('/v1/services').query(query).set(as(account)).set(headers).expect(200)).body;

    beforeAll(async () => {
      clock.set('2029-01-10T09:00:00Z');
      account = (await cabinet.account(3_000)).id;
      const { id } = (await buy(account, 'support_request').expect(201)).body;
      clock.set('2029-03-01T09:00:00Z');
      await renewals.sweep();
      expect(await shown(account, id)).toMatchObject({ status: 'ended', validUntil: '2029-02-09T21:00:00.000Z' });
      await buy(account, 'archive').expect(201);
      clock.advance({ seconds: 1 });
      await buy(account, 'sales_tools').expect(201);
      await cabinet.messages.accept(sending(account, [phone(1), phone(2)]));
      clock.set('2029-03-31T21:00:00Z');
      await renewals.sweep();
      await http()
        .post(`/admin/v1/accounts/${account}/adjustments`)
        .set(staff())
        .set(key())
        .send({ amount: '-1', currency: 'RUB', reason: 'a typo' })
        .expect(201);
    });

    it('[T4] services in use: balance, tariff, validity and status of each, sortable by status', async () => {
      const { data } = await services({}, { 'accept-language': 'ru' });
      expect(data.map((row: { service: object; status: string }) => [row.service, row.status])).toEqual([
        [{ code: 'sales_tools', name: 'Инструменты продаж', kind: 'recurring' }, 'active'],
        [{ code: 'archive', name: 'Архив', kind: 'recurring' }, 'active'],
        [{ code: 'sms', name: 'SMS', kind: 'messaging' }, 'active'],
        [{ code: 'support_request', name: 'Обращение в поддержку', kind: 'one_off' }, 'ended'],
      ]);
      // 3000 − 500 − (160 + 300) · 2 − 3.90 · 2 that are held − 1
      const money = { amount: '1571.200000', currency: 'RUB' };
      expect(data.map((row: { balance: object }) => row.balance)).toEqual([money, money, money, money]);
      expect(data[1]).toMatchObject({
        price: { amount: '160.000000' },
        tariff: null,
        validFrom: '2029-03-31T21:00:00.000Z',
        validUntil: '2029-04-30T21:00:00.000Z',
        renewsAt: '2029-04-30T21:00:00.000Z',
      });
      expect(data[2]).toMatchObject({
        price: null,
        tariff: { code: 'standard-rub', name: 'Standard RUB' },
        validFrom: '2029-01-10T09:00:00.000Z',
        validUntil: null,
      });
      const codes: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await services({ sort: '-status', limit: 1, cursor });
        codes.push(page.data[0].service.code);
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(codes).toEqual(['support_request', 'sales_tools', 'archive', 'sms']);
    });

    it('[T4] statistics of its messages, and transactions by period', async () => {
      await cabinet.test.app.get(MessageStatistics, { strict: false }).catchUp();
      const statistics = await http().get('/v1/statistics?groupBy=source&from=2029-03-01').set(as(account)).expect(200);
      expect(statistics.body.data).toEqual([expect.objectContaining({ key: 'api', messages: 2 })]);
      const { body } = await statement(account, { from: '2029-03-31T00:00:00+03:00', to: '2029-04-01T01:00:00+03:00' });
      expect(body.data.map((row: { kind: string }) => row.kind)).toEqual(['adjustment', 'purchase', 'purchase']);
    });

    const rows = async (query: object) => {
      const seen: string[][] = [];
      let cursor: string | undefined;
      do {
        const { body } = await statement(account, { limit: 2, ...query, cursor });
        expect(body).toHaveProperty('data');
        for (const row of body.data)
          seen.push([row.source, row.service ?? '', row.amount.amount.slice(0, -4), row.balance.amount.slice(0, -4)]);
        cursor = body.nextCursor ?? undefined;
      } while (cursor);
      return seen;
    };
    const HISTORY = [
      ['payments', '', '3000.00', '3000.00'],
      ['subscriptions', 'support_request', '-500.00', '2500.00'],
      ['subscriptions', 'archive', '-160.00', '2340.00'],
      ['subscriptions', 'sales_tools', '-300.00', '2040.00'],
      ['messages', 'sms', '-7.80', '2032.20'],
      ['subscriptions', 'archive', '-160.00', '1872.20'],
      ['subscriptions', 'sales_tools', '-300.00', '1572.20'],
      ['adjustments', '', '-1.00', '1571.20'],
    ];
    const newest = HISTORY.toReversed();
    const inOrder = (column: 0 | 1, order: string[]) =>
      order.flatMap((group) => newest.filter((row) => row[column] === group));

    it('[T5] all transactions over all services in one list, with the balance after each, sorted by time, service or source', async () => {
      // Renewals of one instant follow each other in the order of their subscriptions, so that both orders are settled.
      expect(await rows({ sort: 'at' })).toEqual(HISTORY);
      expect(await rows({})).toEqual(newest);
      expect(await rows({ sort: 'service' })).toEqual(
        inOrder(1, ['archive', 'sales_tools', 'sms', 'support_request', '']),
      );
      expect(await rows({ sort: 'source' })).toEqual(
        inOrder(0, ['messages', 'campaigns', 'subscriptions', 'payments', 'adjustments']),
      );
    });

    it('[T5] filtered by service, source, kind and period, each with every order', async () => {
      for (const sort of ['-at', 'at', 'service', 'source']) {
        const expected = (keep: (row: string[]) => boolean) => (sort === 'at' ? HISTORY : newest).filter(keep);
        expect(await rows({ sort, service: 'archive' })).toEqual(expected((row) => row[1] === 'archive'));
        expect(await rows({ sort, service: 'sms' })).toEqual(expected((row) => row[1] === 'sms'));
        expect(await rows({ sort, service: 'nothing' })).toEqual([]);
        expect(await rows({ sort, source: 'payments' })).toEqual(expected((row) => row[0] === 'payments'));
        expect(await rows({ sort, kind: 'purchase', service: 'archive', to: '2029-03-02T00:00:00Z' })).toHaveLength(1);
      }
      expect(await rows({ source: 'messages,adjustments' })).toEqual(
        newest.filter(([source]) => /^(mes|adj)/.test(source!)),
      );
      await statement(account, { source: 'theft' }).then(({ status }) => expect(status).toBe(422));
      await statement(account, { sort: 'colour' }).then(({ status }) => expect(status).toBe(422));
    });

    it('revenue of subscriptions is not revenue of messages', async () => {
      const [sum] = await cabinet.db.database.query<{ micros: bigint }>(
        `SELECT sum(amount_micros)::bigint AS micros FROM postings WHERE account_id = $1 AND ledger_account = 'revenue'`,
        [account],
      );
      expect(sum!.micros / RUBLE).toBe(1_420n);
      expect((await cabinet.test.app.get(LedgerService, { strict: false }).wallets(account))[0]!.heldMicros).toBe(
        7_800_000n,
      );
    });
  });

  it('asks for the right of each verb', async () => {
    const account = (await cabinet.account()).id;
    const may = (...permissions: string[]) => cabinet.test.as(account, permissions);
    await http().get('/v1/services').set(may('subscriptions:write')).expect(403);
    await http()
      .post('/v1/subscriptions')
      .set(may('subscriptions:read'))
      .set(key())
      .send({ service: 'archive' })
      .expect(403);
    await http()
      .get('/admin/v1/services')
      .set(cabinet.test.asStaff(['subscriptions:read']))
      .expect(403);
    await http()
      .post(`/admin/v1/accounts/${account}/subscriptions`)
      .set(cabinet.test.asStaff(['services:write']))
      .set(key())
      .send({ service: 'archive' })
      .expect(403);
  });
});

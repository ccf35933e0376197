import { expectCleanAudit } from '../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../support/cabinet.js';

const POLISH = '48510000001';
const GREEK = '306900000001';

describe('sender names', () => {
  let cabinet: Cabinet;
  let account: string;

  beforeAll(async () => {
    cabinet = await createCabinet();
  });
  beforeEach(async () => {
    account = (await cabinet.account(1_000)).id;
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  type Method = 'get' | 'post' | 'put' | 'delete' | 'patch';
  const call = async (method: Method, path: string, headers: Record<string, string>, body?: object) => {
    const answer = cabinet.test.http()[method](path).set(headers);
    const { status, body: answered } = await (body ? answer.send(body) : answer);
    return { status, body: answered, code: answered.errors?.[0]?.code ?? answered.code };
  };
  const tenant = (method: Method, path: string, body?: object, id = account) =>
    call(method, path, cabinet.test.as(id), body);
  const staff = (method: Method, path: string, body?: object) => call(method, path, cabinet.test.asStaff(), body);

  const request = (body: object) => tenant('post', '/v1/senders', body);
  const decide = (id: string, verb: string, body: object = {}) =>
    staff('post', `/admin/v1/accounts/${account}/senders/${id}/${verb}`, body);
  async function approved(body: object): Promise<string> {
    const { id } = (await request(body)).body;
    expect((await decide(id, 'approve')).status).toBe(200);
    return id;
  }
  const defaultSender = async () =>
    (
      await cabinet.db.database.query<{ default_sender: string }>(`SELECT default_sender FROM accounts WHERE id = $1`, [
        account,
      ])
    )[0]!.default_sender;
  /** What became of one message to each number, with this sender or the account's default. */
  const sent = async (to: string[], sender?: string) => {
    cabinet.clock.advance({ ms: 1 });
    const items = to.map((number) => ({ to: `+${number}`, text: 'x', sender }));
    const result = await cabinet.messages.accept(sending(account, [], { items }));
    return result.items.map(({ code, status }) => code ?? status);
  };
  const shown = async () => (await cabinet.rows(account)).map(({ sender }) => sender);
  const trail = () =>
    cabinet.db.database.query<{ action: string; details: object }>(
      `SELECT action, details FROM account_audit WHERE account_id = $1 AND action LIKE 'sender.%' ORDER BY id`,
      [account],
    );

  it('[D2] are asked for, approved by the operator, and only then shown', async () => {
    const { status, body } = await request({ sender: 'Clinic1', purpose: 'Our trade mark' });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ status: 'requested', country: null, decidedAt: null }),
    ]);
    expect(await sent([phone(1)], 'Clinic1')).toEqual(['sender_not_allowed']);

    const open = await staff('get', '/admin/v1/senders?status=requested&limit=100');
    expect(open.body.data).toContainEqual(
      expect.objectContaining({ id: body.id, accountId: account, purpose: 'Our trade mark' }),
    );
    expect((await decide(body.id, 'approve')).body).toMatchObject({
      status: 'approved',
      decidedAt: expect.any(String),
    });

    expect(await sent([phone(1), POLISH], 'Clinic1')).toEqual(['queued', 'queued']);
    expect(await sent([phone(2)])).toEqual(['queued']);
    expect(await shown()).toEqual(['Clinic1', 'Clinic1', 'Clinic1', 'Kabinet']);
    expect((await trail()).map(({ action }) => action)).toEqual(['sender.requested', 'sender.approved']);
  });

  it('[D2] become the default by being approved, when that was asked for', async () => {
    const { body } = await request({ sender: 'Clinic1', asDefault: true });
    expect(await defaultSender()).toBe('Kabinet');
    await decide(body.id, 'approve');
    expect((await tenant('get', '/v1/account')).body.defaultSender).toBe('Clinic1');
    expect(await sent([phone(1)])).toEqual(['queued']);
    expect(await shown()).toEqual(['Clinic1']);
    expect((await trail()).at(-1)).toMatchObject({ action: 'sender.approved', details: { newDefault: 'Clinic1' } });
  });

  it('[D2] are refused with a reason that the account reads, and change nothing', async () => {
    const { body } = await request({ sender: 'Bank', asDefault: true });
    expect(await decide(body.id, 'refuse')).toMatchObject({ status: 422 });
    await decide(body.id, 'refuse', { reason: 'Not yours' });
    expect((await tenant('get', `/v1/senders/${body.id}`)).body).toMatchObject({
      status: 'refused',
      reason: 'Not yours',
    });
    expect(await decide(body.id, 'approve')).toMatchObject({ status: 409, code: 'sender_state' });
    expect(await sent([phone(1)], 'Bank')).toEqual(['sender_not_allowed']);
    expect(await defaultSender()).toBe('Kabinet');
    // Somebody may ask again.
    expect((await request({ sender: 'Bank' })).status).toBe(201);
  });

  it('are approved for one country or for all', async () => {
    await approved({ sender: 'Klinika', country: 'PL' });
    expect(await sent([POLISH, phone(1), GREEK], 'Klinika')).toEqual([
      'queued',
      'sender_not_allowed',
      'sender_not_allowed',
    ]);
    await approved({ sender: 'Klinika', country: 'GR' });
    expect(await request({ sender: 'Klinika', country: 'GR' })).toMatchObject({ status: 409, code: 'sender_exists' });
    expect(await sent([GREEK, phone(1)], 'Klinika')).toEqual(['queued', 'sender_not_allowed']);
    // What is refused is a row that says what was asked for.
    expect((await cabinet.rows(account)).at(-1)).toMatchObject({
      state: 'blocked',
      sender: 'Klinika',
      charge_state: 'none',
    });
  });

  it('are withdrawn and revoked at once; a default that is approved nowhere any more gives way to the standard one', async () => {
    const first = await approved({ sender: 'Clinic1', country: 'RU', asDefault: true });
    const second = await approved({ sender: 'Clinic1', country: 'PL' });
    expect((await tenant('post', `/v1/senders/${first}/withdraw`)).body).toMatchObject({ status: 'withdrawn' });
    expect(await defaultSender()).toBe('Clinic1');
    expect(await sent([phone(1), POLISH])).toEqual(['sender_not_allowed', 'queued']);
    expect((await decide(second, 'revoke', { reason: 'Complaints' })).body).toMatchObject({ status: 'revoked' });
    expect(await defaultSender()).toBe('Kabinet');
    expect(await sent([POLISH], 'Clinic1')).toEqual(['sender_not_allowed']);
    expect(await sent([POLISH])).toEqual(['queued']);
    expect(await tenant('post', `/v1/senders/${second}/withdraw`)).toMatchObject({ status: 409, code: 'sender_state' });
    expect((await trail()).at(-1)).toMatchObject({
      action: 'sender.revoked',
      details: { reason: 'Complaints', newDefault: 'Kabinet' },
    });
  });

  it('are chosen as the default among those approved', async () => {
    const id = await approved({ sender: '+79161234567' });
    const choose = (senderId: unknown) => tenant('put', '/v1/account/default-sender', { senderId });
    expect((await choose(id)).body).toEqual({ sender: '79161234567' });
    expect(await sent([phone(1)])).toEqual(['queued']);
    expect((await choose(null)).body).toEqual({ sender: 'Kabinet' });
    const { body: requested } = await request({ sender: 'Later' });
    expect(await choose(requested.id)).toMatchObject({ status: 409, code: 'sender_state' });
    expect(await choose('0199f1c2-6b8e-7000-8000-4a1f6d2c9b10')).toMatchObject({
      status: 404,
      code: 'sender_not_found',
    });
    expect(await tenant('put', '/v1/account/default-sender', {})).toMatchObject({ status: 422 });
    expect(await defaultSender()).toBe('Kabinet');
  });

  it.each([
    [{ sender: 'Клиника' }, 422, 'invalid_sender'],
    [{ sender: 'TwelveCharsX' }, 422, 'invalid_sender'],
    [{ sender: '999999999999' }, 422, 'invalid_sender'],
    [{ sender: '1234' }, 422, 'sender_country_required'],
    [{ sender: '1234', country: 'RU' }, 201, undefined],
    [{ sender: 'Clinic1', country: 'XX' }, 422, 'invalid_country'],
    [{ sender: 'Kabinet' }, 409, 'sender_is_standard'],
  ])('are asked for by %j: %i %s', async (body, status, code) => {
    expect(await request(body)).toMatchObject({ status, ...(code && { code }) });
  });

  it('that the operator gives are approved by that, when the account opens and later', async () => {
    account = (await cabinet.account(100, { defaultSender: 'Taxi' })).id;
    expect(await sent([phone(1), POLISH])).toEqual(['queued', 'queued']);
    const { headers } = await cabinet.test.http().get(`/admin/v1/accounts/${account}`).set(cabinet.test.asStaff());
    const asStaff = { ...cabinet.test.asStaff(), 'if-match': headers.etag! };
    await request({ sender: 'LightTaxi' });
    expect((await call('patch', `/admin/v1/accounts/${account}`, asStaff, { defaultSender: 'LightTaxi' })).status).toBe(
      200,
    );
    expect(await sent([phone(2)])).toEqual(['queued']);
    expect(await sent([phone(3)], 'Taxi')).toEqual(['queued']);
    expect(await shown()).toEqual(['Taxi', 'Taxi', 'LightTaxi', 'Taxi']);
  });

  it('of the platform is another one for all who show it', async () => {
    const [platform] = await cabinet.db.database.query<{ id: string }>(
      `SELECT id FROM accounts WHERE kind = 'platform'`,
    );
    const rename = async (defaultSender: string) => {
      const path = `/admin/v1/accounts/${platform!.id}`;
      const { headers } = await cabinet.test.http().get(path).set(cabinet.test.asStaff());
      await call('patch', path, { ...cabinet.test.asStaff(), 'if-match': headers.etag! }, { defaultSender });
    };
    await rename('Kabinet2');
    expect(await sent([phone(1)])).toEqual(['queued']);
    expect(await sent([phone(2)], 'Kabinet')).toEqual(['sender_not_allowed']);
    await rename('Kabinet');
    expect(await sent([phone(3)])).toEqual(['queued']);
    expect(await shown()).toEqual(['Kabinet2', 'Kabinet', 'Kabinet']);
  });

  it('[U7] are the platform’s for the traffic that it fixes, whatever the caller asks for', async () => {
    await approved({ sender: 'Clinic1', asDefault: true });
    expect((await staff('get', '/admin/v1/fixed-senders')).body.data).toMatchObject([
      { source: 'missed_call', sender: null },
    ]);
    const apology = (sender?: string) =>
      cabinet.messages.accept(
        sending(account, [], { source: 'missed_call', items: [{ to: phone(1), text: 'Sorry', sender }] }),
      );
    expect((await apology()).items).toMatchObject([{ status: 'queued' }]);
    cabinet.clock.advance({ ms: 1 });
    expect((await apology('Clinic1')).items).toMatchObject([{ status: 'blocked', code: 'sender_fixed' }]);
    expect(await shown()).toEqual(['Kabinet', 'Clinic1']);

    expect(await staff('put', '/admin/v1/fixed-senders/api', { sender: 'Portal' })).toMatchObject({ status: 200 });
    expect(await sent([phone(2)])).toEqual(['queued']);
    expect(await sent([phone(3)], 'Clinic1')).toEqual(['sender_fixed']);
    expect(await sent([phone(4)], 'Portal')).toEqual(['queued']);
    expect((await staff('delete', '/admin/v1/fixed-senders/api')).status).toBe(204);
    expect(await sent([phone(5)], 'Clinic1')).toEqual(['queued']);
    expect((await shown()).slice(2)).toEqual(['Portal', 'Clinic1', 'Portal', 'Clinic1']);
    expect(await staff('delete', '/admin/v1/fixed-senders/api')).toMatchObject({ status: 404 });
    expect(await staff('put', '/admin/v1/fixed-senders/pigeon', { sender: null })).toMatchObject({ status: 404 });
    expect(await staff('put', '/admin/v1/fixed-senders/api', {})).toMatchObject({ status: 422 });
  });

  it('may have a rate, which is kept for the name, and under which their messages are queued', async () => {
    const id = await approved({ sender: 'Clinic1' });
    const polish = await approved({ sender: 'Clinic1', country: 'PL' });
    const pace = (of: string, ratePerSecond: unknown) =>
      staff('put', `/admin/v1/accounts/${account}/senders/${of}/rate`, { ratePerSecond });
    expect((await pace(id, 5)).body).toMatchObject({ sender: 'Clinic1', country: null, ratePerSecond: 5 });
    expect((await pace(polish, 2)).body).toMatchObject({ country: 'PL', ratePerSecond: 2 });
    expect((await tenant('get', `/v1/senders/${id}`)).body.ratePerSecond).toBe(5);
    expect((await trail()).at(-1)).toEqual({
      action: 'sender.paced',
      details: { sender: 'Clinic1', country: 'PL', ratePerSecond: 2 },
    });

    await sent([phone(1), POLISH, GREEK], 'Clinic1');
    await sent([phone(2)]);
    const queued = () =>
      cabinet.db.database.query<{ perSecond: number | null; streams: number }>(
        `SELECT r.rate_per_second AS "perSecond",
                (SELECT count(*)::int FROM message_streams s WHERE s.account_id = $1 AND s.paced_by = q.paced_by) AS streams
           FROM message_queue q LEFT JOIN sender_rates r ON r.number = q.paced_by
          WHERE q.account_id = $1 ORDER BY q.message_id`,
        [account],
      );
    expect((await queued()).map(({ perSecond }) => perSecond)).toEqual([5, 2, 5, null]);
    for (const { streams } of await queued()) expect(streams).toBeGreaterThan(0);

    await decide(id, 'revoke', { reason: 'Complaints' });
    const again = await approved({ sender: 'Clinic1' });
    expect((await tenant('get', `/v1/senders/${again}`)).body.ratePerSecond).toBe(5);
    expect((await pace(again, null)).body.ratePerSecond).toBeNull();
    const { data } = (await staff('get', `/admin/v1/senders?accountId=${account}&limit=100`)).body;
    expect(
      Object.fromEntries(data.map((one: { id: string; ratePerSecond: number }) => [one.id, one.ratePerSecond])),
    ).toEqual({
      [again]: null,
      [polish]: 2,
      [id]: null,
    });
    for (const bad of [0, 1.5, '5', 100_001, undefined]) expect(await pace(again, bad)).toMatchObject({ status: 422 });
    const other = (await cabinet.account(1)).id;
    const foreign = `/admin/v1/accounts/${other}/senders/${again}/rate`;
    expect(await staff('put', foreign, { ratePerSecond: 1 })).toMatchObject({ status: 404, code: 'sender_not_found' });
    expect(
      await tenant('put', `/admin/v1/accounts/${account}/senders/${again}/rate`, { ratePerSecond: 1 }),
    ).toMatchObject({ status: 403 });
  });

  it('that the platform fixes may have a rate for all accounts together, until callers choose again', async () => {
    const pace = (source: string, ratePerSecond: unknown) =>
      staff('put', `/admin/v1/fixed-senders/${source}/rate`, { ratePerSecond });
    expect((await pace('missed_call', 3)).body).toMatchObject({
      source: 'missed_call',
      sender: null,
      ratePerSecond: 3,
    });
    expect(await pace('campaign', 3)).toMatchObject({ status: 404 });
    expect(await pace('pigeon', 3)).toMatchObject({ status: 404 });
    expect(await pace('missed_call', -1)).toMatchObject({ status: 422 });
    const put = { sender: 'Portal' };
    expect((await staff('put', '/admin/v1/fixed-senders/missed_call', put)).body.ratePerSecond).toBe(3);
    expect((await staff('delete', '/admin/v1/fixed-senders/missed_call')).status).toBe(204);
    const fixed = await staff('put', '/admin/v1/fixed-senders/missed_call', { sender: null });
    expect(fixed.body).toMatchObject({ sender: null, ratePerSecond: null });
    const audited = await cabinet.db.database.query<{ details: object }>(
      `SELECT details FROM account_audit WHERE action = 'fixed_sender.paced'`,
    );
    expect(audited).toEqual([{ details: { source: 'missed_call', ratePerSecond: 3 } }]);
  });

  it('cost a batch no statement: what was read a moment ago is enough', async () => {
    await approved({ sender: 'Clinic1' });
    await sent([phone(1)], 'Clinic1');
    await sent([phone(1)]);
    const spy = jest.spyOn(cabinet.db.database, 'query');
    await sent([phone(2), phone(3)], 'Clinic1');
    await sent([phone(4)]);
    const texts = spy.mock.calls.map(([statement]) => JSON.stringify(statement));
    spy.mockRestore();
    expect(texts.filter((text) => text.includes('senders'))).toEqual([]);
  });

  it('tell whoever wants to know what was decided', async () => {
    const { database } = cabinet.db;
    await database.query(`INSERT INTO outbox_subscriptions (consumer, topic) VALUES ('test', 'senders.decided')`);
    const id = await approved({ sender: 'Clinic1' });
    const events = await database.query(`SELECT account_id, payload FROM outbox_events WHERE consumer = 'test'`);
    expect(events).toEqual([{ account_id: account, payload: { senderId: id, status: 'approved' } }]);
  });

  it('are decided once: of two who decide at the same moment, one is told that it is too late', async () => {
    const { id } = (await request({ sender: 'Clinic1', asDefault: true })).body;
    const answers = await Promise.all([
      decide(id, 'approve'),
      decide(id, 'refuse', { reason: 'No' }),
      tenant('post', `/v1/senders/${id}/withdraw`),
    ]);
    const { status } = (await tenant('get', `/v1/senders/${id}`)).body;
    // Withdrawing may follow the approval; nothing follows the others.
    expect(answers.filter((answer) => answer.status === 200).length).toBe(
      answers[0].status === 200 && status === 'withdrawn' ? 2 : 1,
    );
    expect(await defaultSender()).toBe(status === 'approved' ? 'Clinic1' : 'Kabinet');
  });

  it('leave no default that is approved nowhere when two countries are given up at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      const ids = [
        await approved({ sender: `Twice${round}`, country: 'RU', asDefault: true }),
        await approved({ sender: `Twice${round}`, country: 'PL' }),
      ];
      const answers = await Promise.all(ids.map((id) => tenant('post', `/v1/senders/${id}/withdraw`)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await defaultSender()).toBe('Kabinet');
    }
  });
});

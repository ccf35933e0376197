import { MissedCallsModule } from '../../src/modules/missed-calls/index.js';
import { expectCleanAudit } from '../support/audit.js';
import { type Cabinet, createCabinet } from '../support/cabinet.js';
import { FakeClock } from '../support/clock.js';

const RULE = { name: 'Отдел продаж', numbers: ['+7 495 123-45-67'], text: 'Извините, перезвоним!' };

describe('missed calls over HTTP', () => {
  let cabinet: Cabinet;
  let account: string;
  let other: string;
  let callback: string;
  let calls = 0;
  const clock = new FakeClock('2026-01-11T10:00:00Z');
  const http = () => cabinet.test.http();
  const as = (permissions?: string[]) => cabinet.test.as(account, permissions);

  beforeAll(async () => {
    cabinet = await createCabinet({ imports: [MissedCallsModule], clock });
    account = (await cabinet.account()).id;
    other = (await cabinet.account()).id;
    const { body } = await http().put('/v1/telephony-callback').set(as()).send({}).expect(200);
    callback = new URL(body.url).pathname;
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  const createRule = (change: object = {}, headers = as()) =>
    http()
      .post('/v1/missed-call-rules')
      .set(headers)
      .send({ ...RULE, ...change });
  const call = (change: object = {}) =>
    http()
      .post(callback)
      .send({
        eventId: `c${++calls}`,
        direction: 'inbound',
        outcome: 'lost',
        caller: '+79161234567',
        virtualNumber: '+74951234567',
        ...change,
      });
  const removeRules = () => cabinet.db.database.query('DELETE FROM missed_call_rules');
  const messages = () => cabinet.rows(account);

  afterEach(async () => {
    await removeRules();
    clock.set('2026-01-12T10:00:00Z');
  });

  it('[U1] answers a lost incoming call, and no outgoing, answered, withheld or landline one', async () => {
    await createRule().expect(201);
    expect((await call().expect(200)).body).toEqual({ result: 'apology', reason: null });
    const [message] = await messages();
    expect(message).toMatchObject({
      recipient: '79161234567',
      body: RULE.text,
      source: 'missed_call',
      state: 'queued',
      charge_state: 'held',
    });
    for (const [change, reason] of [
      [{ direction: 'outbound' }, 'not_inbound'],
      [{ outcome: 'answered' }, 'not_lost'],
      [{ caller: 'anonymous' }, 'withheld'],
      [{ caller: '+74957654321' }, 'landline'],
      [{ caller: '12' }, 'invalid_number'],
      [{ virtualNumber: '+74950000000' }, 'no_rule'],
    ] as const) {
      expect((await call(change).expect(200)).body).toEqual({ result: 'skipped', reason });
    }
    expect(await messages()).toHaveLength(1);
    const list = await http().get('/v1/calls?result=skipped').set(as()).expect(200);
    expect(list.body.data.map(({ reason }: { reason: string }) => reason).sort()).toEqual([
      'invalid_number',
      'landline',
      'no_rule',
      'not_inbound',
      'not_lost',
      'withheld',
    ]);
  });

  it('[U1] answers the same call once, however often and from however many it is reported', async () => {
    await createRule().expect(201);
    const before = (await messages()).length;
    const answers = await Promise.all(Array.from({ length: 6 }, () => call({ eventId: 'same' })));
    expect(answers.map(({ body }) => body.result).sort()).toEqual([
      'apology',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
      'duplicate',
    ]);
    expect(await messages()).toHaveLength(before + 1);
  });

  it('[U2] refuses a virtual number in two active apologies, and a delete that is not confirmed', async () => {
    const { body } = await createRule().expect(201);
    const refused = await createRule({ name: 'Second' }).expect(409);
    expect(refused.body).toMatchObject({ code: 'number_in_use' });
    const idle = (await createRule({ name: 'Idle', enabled: false }).expect(201)).body;
    expect((await http().post(`/v1/missed-call-rules/${idle.id}/enable`).set(as()).expect(409)).body.code).toBe(
      'number_in_use',
    );
    const race = await Promise.all([1, 2, 3].map((n) => createRule({ name: `r${n}`, numbers: ['+74959999999'] })));
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect((await http().delete(`/v1/missed-call-rules/${body.id}`).set(as()).expect(409)).body.code).toBe(
      'confirmation_required',
    );
    await http().delete(`/v1/missed-call-rules/${body.id}?confirm=true`).set(as()).expect(204);
    await http().get(`/v1/missed-call-rules/${body.id}`).set(as()).expect(404);
  });

  it('[U3] has a switch per apology', async () => {
    const { body } = await createRule().expect(201);
    const off = await http().post(`/v1/missed-call-rules/${body.id}/disable`).set(as()).expect(200);
    expect(off.body.enabled).toBe(false);
    expect((await call().expect(200)).body).toEqual({ result: 'skipped', reason: 'no_rule' });
    await http().post(`/v1/missed-call-rules/${body.id}/enable`).set(as()).expect(200);
    expect((await call().expect(200)).body.result).toBe('apology');
  });

  it('[U4] asks to confirm a text of several SMS, with parts and cost', async () => {
    const text = 'Извините, что не ответили на Ваш звонок. Мы перезвоним в течение часа, честное слово.';
    const refused = await createRule({ text }).expect(409);
    expect(refused.body).toMatchObject({
      code: 'text_needs_confirmation',
      parts: 2,
      encoding: 'ucs2',
      price: { currency: 'RUB' },
    });
    expect((await createRule({ text, confirmParts: 3 }).expect(409)).body.code).toBe('text_needs_confirmation');
    expect((await createRule({ text, confirmParts: 2 }).expect(201)).body.parts).toBe(2);
  });

  it.each([
    ['2026-01-12T05:59:59Z', 'wait', '2026-01-12T06:00:00.000Z'],
    ['2026-01-12T06:00:00Z', 'wait', null],
    ['2026-01-12T16:59:59Z', 'wait', null],
    ['2026-01-12T17:00:00Z', 'wait', '2026-01-13T06:00:00.000Z'],
    ['2026-01-12T17:00:00Z', 'drop', 'dropped'],
  ])('[U5] 9:00–20:00 Moscow: a call at %s, %s', async (at, lateAction, expected) => {
    await createRule({ lateAction }).expect(201);
    clock.set(at);
    const caller = `7916765${String(++calls).padStart(4, '0')}`;
    const { body } = await call({ caller: `+${caller}` }).expect(200);
    const message = (await messages()).find(({ recipient }) => recipient === caller);
    if (expected === 'dropped') {
      expect(body).toEqual({ result: 'blocked', reason: 'window' });
      expect(message).toMatchObject({ state: 'blocked', reason: 'window', charge_state: 'none' });
    } else {
      expect(body.result).toBe('apology');
      expect((message!.due_at as Date).toISOString()).toBe(expected ?? new Date(at).toISOString());
      expect(message!.state).toBe(expected === null ? 'queued' : 'scheduled');
    }
  });

  it('[U6] finds apologies by name and by a part of a virtual number', async () => {
    await createRule().expect(201);
    await createRule({ name: 'Support 100%', numbers: ['+74950001122'] }).expect(201);
    const names = async (q: string) => {
      const { body } = await http().get('/v1/missed-call-rules').query({ q }).set(as()).expect(200);
      return body.data.map(({ name }: { name: string }) => name);
    };
    expect(await names('продаж')).toEqual(['Отдел продаж']);
    expect(await names('SUPPORT')).toEqual(['Support 100%']);
    expect(await names('0001')).toEqual(['Support 100%']);
    expect(await names('%')).toEqual(['Support 100%']);
    expect(await names('495')).toHaveLength(2);
    expect(await names('_')).toEqual([]);
  });

  it('[U7] sends with the platform’s own name, which no field can change', async () => {
    const { body } = await createRule().expect(201);
    expect(body.sender).toBeTruthy();
    expect(
      (await createRule({ sender: 'MyShop', numbers: ['+74950001123'] }).expect(422)).body.errors[0],
    ).toMatchObject({ pointer: '/sender', code: 'unknown_field' });
    await call().expect(200);
    expect((await messages()).at(-1)!.sender).toBe(body.sender);
  });

  it('[U9] asks for the right of each verb', async () => {
    const { body } = await createRule().expect(201);
    const id: string = body.id;
    expect((await createRule({}, as(['missed-calls:read'])).expect(403)).body).toMatchObject({
      code: 'permission_missing',
    });
    await http()
      .get('/v1/missed-call-rules')
      .set(as(['missed-calls:write']))
      .expect(403);
    await http()
      .patch(`/v1/missed-call-rules/${id}`)
      .set(as(['missed-calls:create']))
      .set('if-match', '"v1"')
      .send({ name: 'x' })
      .expect(403);
    await http()
      .delete(`/v1/missed-call-rules/${id}?confirm=true`)
      .set(as(['missed-calls:write']))
      .expect(403);
    await http()
      .post(`/v1/missed-call-rules/${id}/disable`)
      .set(as(['missed-calls:read']))
      .expect(403);
  });

  it('keeps rules of others hidden', async () => {
    const { body } = await createRule().expect(201);
    const theirs = cabinet.test.as(other);
    await http().get(`/v1/missed-call-rules/${body.id}`).set(theirs).expect(404);
    await http()
      .patch(`/v1/missed-call-rules/${body.id}`)
      .set(theirs)
      .set('if-match', '"v1"')
      .send({ name: 'x' })
      .expect(404);
    await http().post(`/v1/missed-call-rules/${body.id}/disable`).set(theirs).expect(404);
    await http().delete(`/v1/missed-call-rules/${body.id}?confirm=true`).set(theirs).expect(404);
  });

  it('refuses what it cannot read, and keeps nothing of it', async () => {
    const count = async () =>
      (await cabinet.db.database.query<{ n: number }>('SELECT count(*)::int AS n FROM call_events'))[0]!.n;
    const before = await count();
    expect((await http().post('/callbacks/telephony/guess').send({}).expect(404)).body.code).toBe('callback_unknown');
    expect((await call({ eventId: undefined }).expect(422)).body.errors[0].pointer).toBe('/eventId');
    expect((await call({ virtualNumber: 'abc' }).expect(422)).body.errors[0]).toMatchObject({
      pointer: '/virtualNumber',
      code: 'invalid_number',
    });
    expect(
      (await http().post(callback).set('content-type', 'application/json').send('{"eventId":').expect(400)).body.code,
    ).toBe('malformed_body');
    expect(await count()).toBe(before);
    expect((await createRule({ numbers: ['+74951234567', 'abc'] }).expect(422)).body.errors).toEqual([
      expect.objectContaining({ pointer: '/numbers/1', code: 'invalid_number' }),
    ]);
  });

  it('shows a call whose apology could not be paid', async () => {
    const poor = (await cabinet.account(0)).id;
    const { body } = await http()
      .put('/v1/telephony-callback')
      .set(cabinet.test.as(poor))
      .send({ eventId: 'call.id', lostValues: ['MISSED'] })
      .expect(200);
    await http().post('/v1/missed-call-rules').set(cabinet.test.as(poor)).send(RULE).expect(201);
    const event = {
      call: { id: 7 },
      direction: 'in',
      outcome: 'missed',
      caller: '89161234567',
      virtualNumber: '84951234567',
    };
    expect((await http().post(new URL(body.url).pathname).send(event).expect(200)).body).toEqual({
      result: 'blocked',
      reason: 'no_funds',
    });
    const { data } = (await http().get('/v1/calls').set(cabinet.test.as(poor)).expect(200)).body;
    expect(data).toEqual([
      expect.objectContaining({ eventId: '7', result: 'blocked', reason: 'no_funds', messageId: expect.any(String) }),
    ]);
  });
});

import { expectCleanAudit } from '../support/audit.js';
import { type Cabinet, createCabinet, phone } from '../support/cabinet.js';

describe('messages over HTTP', () => {
  let cabinet: Cabinet;
  let account: string;
  let keys = 0;
  const http = () => cabinet.test.http();
  const post = (body: object, options: { key?: string; account?: string } = {}) =>
    http()
      .post('/v1/messages')
      .set(cabinet.test.as(options.account ?? account))
      .set('idempotency-key', options.key ?? `k${++keys}`)
      .send(body);

  beforeAll(async () => {
    cabinet = await createCabinet();
    account = (await cabinet.account(100)).id;
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  it('[M8] sends one single SMS by hand', async () => {
    const { body } = await post({ recipients: ['+7 916 000-00-01'], text: 'Ждём вас завтра' }).expect(202);
    expect(body.items).toEqual([
      {
        index: 0,
        id: expect.any(String),
        status: 'queued',
        to: phone(1),
        parts: 1,
        encoding: 'ucs2',
        price: { amount: expect.stringMatching(/^\d+\.\d{6}$/), currency: 'RUB' },
        dueAt: expect.any(String),
      },
    ]);
    const detail = await http().get(`/v1/messages/${body.items[0].id}`).set(cabinet.test.as(account)).expect(200);
    expect(detail.body).toMatchObject({
      state: 'queued',
      chargeState: 'held',
      text: 'Ждём вас завтра',
      source: 'api',
      attempts: [],
      reports: [],
    });
  });

  it('answers for every recipient in request order, and keeps a row for each refusal', async () => {
    const { body } = await post({
      recipients: [
        { to: phone(2), text: 'own', reference: 'r-1' },
        'not a number',
        { to: phone(3), consent: 'missing' },
      ],
      text: 'common',
    }).expect(202);
    expect(body.items.map((item: { status: string; code?: string }) => [item.status, item.code])).toEqual([
      ['queued', undefined],
      ['blocked', 'invalid_number'],
      ['blocked', 'no_consent'],
    ]);
    expect(body.items[0].reference).toBe('r-1');
    for (const { id, code } of body.items.slice(1)) {
      const row = await http().get(`/v1/messages/${id}`).set(cabinet.test.as(account)).expect(200);
      expect(row.body).toMatchObject({ state: 'blocked', reason: code, chargeState: 'none' });
    }
  });

  it('[Z10] finds all messages to one number, with their states and cost', async () => {
    await post({ recipients: [phone(10)], text: 'one' }).expect(202);
    await post({ recipients: [{ to: phone(10), consent: 'missing' }, phone(11)], text: 'two' }).expect(202);
    const list = async (query: object) =>
      (await http().get('/v1/messages').query(query).set(cabinet.test.as(account)).expect(200)).body;
    const { data } = await list({ to: '8 916 000 00 10' });
    expect(data.map(({ state, to }: { state: string; to: string }) => [state, to])).toEqual([
      ['blocked', `+${phone(10)}`],
      ['queued', `+${phone(10)}`],
    ]);
    expect(data[1].price).toEqual({
      amount: expect.stringMatching(/^[1-9]\d*\.\d{6}$|^0\.\d*[1-9]\d*$/),
      currency: 'RUB',
    });
    expect((await list({ to: phone(10), state: 'queued' })).data).toHaveLength(1);
    expect((await list({ to: phone(10), until: '2020-01-01T00:00:00Z' })).data).toEqual([]);
  });

  it('blocks a text of which nobody would see anything, and refuses ids that nobody could read', async () => {
    const { body } = await post({
      recipients: [phone(12), { to: phone(13), text: 'x' }],
      text: '\u200b \u2800\n',
    }).expect(202);
    expect(body.items.map(({ code }: { code?: string }) => code)).toEqual(['empty_text', undefined]);
    for (const field of ['reference', 'externalId']) {
      for (const value of [' ', '', 'a\nb', 'x'.repeat(256), null]) {
        const refused = await post({ recipients: [{ to: phone(14), [field]: value }], text: 'x' }).expect(422);
        expect(refused.body.errors[0]).toMatchObject({ pointer: `/recipients/0/${field}`, code: 'invalid_line' });
      }
    }
  });

  it('sends what was meant for a moment ago, refuses what was meant for long ago, and replays both the same', async () => {
    const ago = (minutes: number) => new Date(cabinet.clock.now().getTime() - minutes * 60_000).toISOString();
    const sent = { recipients: [phone(15)], text: 'x', sendAt: ago(4) };
    const first = await post(sent, { key: 'a-moment-ago' }).expect(202);
    const late = await post({ ...sent, sendAt: ago(6) }).expect(422);
    expect(late.body.errors[0]).toMatchObject({ pointer: '/sendAt', code: 'start_in_past' });
    cabinet.clock.advance({ minutes: 10 });
    expect((await post(sent, { key: 'a-moment-ago' }).expect(202)).body).toEqual(first.body);
  });

  it('refuses filters that stand for nothing', async () => {
    const get = (query: object) => http().get('/v1/messages').query(query).set(cabinet.test.as(account));
    expect((await get({ source: 'zzz' }).expect(422)).body.errors[0].pointer).toBe('/source');
    expect((await get({ state: 'zzz' }).expect(422)).body.errors[0].pointer).toBe('/state');
    const period = { from: '2026-02-02T00:00:00Z', until: '2026-02-01T00:00:00Z' };
    expect((await get(period).expect(422)).body.errors[0]).toMatchObject({ pointer: '/until', code: 'invalid_period' });
    await get({ source: 'api' }).expect(200);
  });

  it('pages by cursor, newest first, without gaps or repeats', async () => {
    const other = (await cabinet.account(100)).id;
    await post(
      { recipients: Array.from({ length: 25 }, (_, index) => phone(100 + index)), text: 'x' },
      { account: other },
    ).expect(202);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: { body: { data: { id: string }[]; nextCursor: string | null } } = await http()
        .get(`/v1/messages?limit=10${cursor && `&cursor=${cursor}`}`)
        .set(cabinet.test.as(other))
        .expect(200);
      seen.push(...answer.body.data.map(({ id }) => id));
      cursor = answer.body.nextCursor;
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect((await http().get('/v1/messages?cursor=WyJ4Il0').set(cabinet.test.as(other)).expect(400)).body.code).toBe(
      'invalid_cursor',
    );
  });

  it('[D11] sends nothing without funds, and says why where everybody can see it', async () => {
    const poor = (await cabinet.account(0)).id;
    const { body } = await post({ recipients: [phone(20), phone(21)], text: 'x' }, { account: poor }).expect(402);
    expect(body).toMatchObject({
      code: 'insufficient_funds',
      shortfall: { currency: 'RUB' },
      items: [
        { status: 'blocked', code: 'no_funds' },
        { status: 'blocked', code: 'no_funds' },
      ],
    });
    expect(Number(body.shortfall.amount)).toBeGreaterThan(0);
  });

  it('[M6] keeps "no balance" as a row in the list, not a silence', async () => {
    const poor = (await cabinet.account(0)).id;
    await post({ recipients: [phone(22)], text: 'x' }, { account: poor }).expect(402);
    const { body } = await http().get('/v1/messages?state=blocked').set(cabinet.test.as(poor)).expect(200);
    expect(body.data).toEqual([
      expect.objectContaining({ to: `+${phone(22)}`, state: 'blocked', reason: 'no_funds', chargeState: 'none' }),
    ]);
  });

  it('is short by one micro-unit and sends nothing; with it, it sends', async () => {
    const exact = (await cabinet.account(0)).id;
    const quoted = await post({ recipients: [phone(23)], text: 'x' }, { account: exact }).expect(402);
    const micros = BigInt(quoted.body.shortfall.amount.replace('.', ''));
    await cabinet.topUp(exact, micros - 1n);
    const short = await post({ recipients: [phone(23)], text: 'x' }, { account: exact }).expect(402);
    expect(short.body.shortfall.amount).toBe('0.000001');
    await cabinet.topUp(exact, 1n);
    await post({ recipients: [phone(23)], text: 'x' }, { account: exact }).expect(202);
    expect((await cabinet.wallet(exact)).availableMicros).toBe(0n);
  });

  it('replays a key, refuses it for another body, and sends once however many come at once', async () => {
    const body = { recipients: [phone(30)], text: 'once' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(body, { key: 'same' })));
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of statuses) expect([202, 409]).toContain(status);
    const replay = await post(body, { key: 'same' }).expect(202);
    expect(replay.headers['idempotency-replayed']).toBe('true');
    expect(replay.text).toBe(answers.find(({ status }) => status === 202)!.text);
    const ids = new Set(
      [...answers, replay].filter(({ status }) => status === 202).map((answer) => answer.body.items[0].id),
    );
    expect(ids.size).toBe(1);
    expect((await post({ ...body, text: 'twice' }, { key: 'same' }).expect(422)).body.code).toBe(
      'idempotency_key_reused',
    );
    const { data } = (
      await http()
        .get('/v1/messages')
        .query({ to: phone(30) })
        .set(cabinet.test.as(account))
        .expect(200)
    ).body;
    expect(data).toHaveLength(1);
    const keyless = http().post('/v1/messages').set(cabinet.test.as(account)).send(body);
    expect((await keyless.expect(400)).body.code).toBe('idempotency_key_required');
  });

  it('replays a refusal for want of funds as the same refusal', async () => {
    const poor = (await cabinet.account(0)).id;
    const send = () => post({ recipients: [phone(31)], text: 'x' }, { account: poor, key: 'poor' }).expect(402);
    const [first, second] = [await send(), await send()];
    expect(second.body.items).toEqual(first.body.items);
  });

  it('names every bad field by a pointer', async () => {
    const { body } = await post({
      recipients: [{ to: phone(1), role: 'x' }, 7, { text: 'no number' }, { to: phone(2), variables: { a: 1 } }],
      text: 'x',
      sendAt: '2026-03-02T12:00:00',
      validitySeconds: 1.5,
      onInsufficientFunds: 'maybe',
      deliveryPolicy: 'twice',
      price: '0',
    }).expect(422);
    const pointers = Object.fromEntries(
      body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code]),
    );
    expect(pointers).toMatchObject({
      '/recipients/0/role': 'unknown_field',
      '/recipients/1': 'invalid_field',
      '/recipients/2/to': 'invalid_field',
      '/recipients/3/variables/a': 'invalid_field',
      '/sendAt': 'offset_required',
      '/validitySeconds': 'invalid_field',
      '/onInsufficientFunds': 'invalid_field',
      '/deliveryPolicy': 'invalid_field',
      '/price': 'unknown_field',
    });
  });

  it.each([
    [{}],
    [[]],
    [{ recipients: [] }],
    [{ recipients: Array.from({ length: 1001 }, () => '1'), text: 'x' }],
    [{ recipients: [phone(1)] }],
  ])('refuses %j', async (body) => {
    expect((await post(body).expect(422)).body.code).toBe('validation_failed');
  });

  it('keeps messages of others hidden, and asks for rights', async () => {
    const other = (await cabinet.account(0)).id;
    const [{ id }] = (await http().get('/v1/messages?limit=1').set(cabinet.test.as(account)).expect(200)).body.data;
    await http().get(`/v1/messages/${id}`).set(cabinet.test.as(other)).expect(404);
    await http()
      .get(`/v1/messages/${id}`)
      .set(cabinet.test.as(account, ['messages:send']))
      .expect(403);
    const send = http()
      .post('/v1/messages')
      .set(cabinet.test.as(account, ['messages:read']))
      .set('idempotency-key', 'r')
      .send({});
    await send.expect(403);
  });

  it('[Z11] says what every status means, in the language of the reader', async () => {
    for (const [language, title] of [
      ['ru', 'Доставлено'],
      ['pl', 'Doręczona'],
      ['el', 'Παραδόθηκε'],
      ['en', 'Delivered'],
    ]) {
      const { body } = await http().get('/v1/message-states').set('accept-language', language!).expect(200);
      expect(body).toHaveLength(12);
      expect(body.find(({ state }: { state: string }) => state === 'delivered')).toMatchObject({
        title,
        final: true,
        meaning: expect.any(String),
      });
    }
  });
});

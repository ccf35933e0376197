import { CampaignRunner, CampaignsModule } from '../../src/modules/campaigns/index.js';
import { expectCleanAudit } from '../support/audit.js';
import { type Cabinet, createCabinet, phone } from '../support/cabinet.js';

const CSV = [
  'phone,klient,nadawca,consent',
  `+${phone(1)},Анна,Почта,yes`,
  `${phone(2)},"Jan, Kowalski",ZUS,tak`,
  `+${phone(1)},Anna again,Bank,yes`,
  'not a phone,Nobody,Bank,yes',
  `+${phone(3)},Без согласия,Банк,no`,
].join('\n');

describe('campaigns over HTTP', () => {
  let cabinet: Cabinet;
  let account: string;
  let runner: CampaignRunner;
  let keys = 0;
  const http = () => cabinet.test.http();
  const as = (id = account) => cabinet.test.as(id);

  beforeAll(async () => {
    cabinet = await createCabinet({ imports: [CampaignsModule] });
    account = (await cabinet.account(100)).id;
    runner = cabinet.test.app.get(CampaignRunner, { strict: false });
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  const upload = (csv: string | Buffer, query = '', id = account) => {
    cabinet.clock.advance({ seconds: 1 });
    return http().post(`/v1/recipient-lists?name=list${query}`).set(as(id)).set('content-type', 'text/csv').send(csv);
  };
  const get = async (path: string) => (await http().get(path).set(as()).expect(200)).body;
  const post = (path: string, body: object = {}, id = account) =>
    http().post(path).set(as(id)).set('idempotency-key', `k${++keys}`).send(body);
  const drain = async () => {
    while (await runner.runOnce());
  };
  async function quoted(
    change: object = {},
    csv = CSV,
    id = account,
  ): Promise<{ id: string; quote: { total: { amount: string } } & Record<string, unknown> }> {
    const list = (await upload(csv, '', id).expect(201)).body;
    const campaign = (
      await post('/v1/campaigns', { name: 'c', listId: list.id, text: '[klient]: [nadawca]', ...change }, id).expect(
        201,
      )
    ).body;
    return (await post(`/v1/campaigns/${campaign.id}/quote`, {}, id).expect(200)).body;
  }

  it('keeps every row of an uploaded file with what is wrong with it', async () => {
    const { body } = await upload(CSV).expect(201);
    expect(body).toMatchObject({
      state: 'ready',
      phoneColumn: 'phone',
      consentColumn: 'consent',
      rows: { ok: 2, invalid_number: 1, duplicate: 1, no_consent: 1 },
    });
    const { data } = await get(`/v1/recipient-lists/${body.id}/rows`);
    expect(data.map(({ row, status }: { row: number; status: string }) => [row, status])).toEqual([
      [1, 'ok'],
      [2, 'ok'],
      [3, 'duplicate'],
      [4, 'invalid_number'],
      [5, 'no_consent'],
    ]);
    expect(data[1].variables).toEqual({ klient: 'Jan, Kowalski', nadawca: 'ZUS' });
  });

  it.each([
    ['an open quote', `phone,a\n+${phone(1)},"x`, 'csv_quotes'],
    ['a missing column', 'name,a\nx,y', 'csv_column_missing'],
    ['ragged rows', 'phone,a\n1,2,3', 'csv_columns'],
    ['no rows', 'phone,a\n', 'list_empty'],
    ['nothing', '', 'list_empty'],
    ['another encoding', Buffer.from([0x70, 0x68, 0x6f, 0x6e, 0x65, 0x0a, 0xcf, 0xf0]), 'csv_encoding'],
    ['a line of 10 MB', `phone,a\n1,${'x'.repeat(10_000_000)}`, 'csv_line_too_long'],
  ])('refuses a file with %s, and keeps nothing of it that could be used', async (_name, csv, code) => {
    const { body } = await upload(csv).expect(422);
    expect(body.code).toBe(code);
    const [list] = (await get('/v1/recipient-lists?limit=1')).data;
    expect(list).toMatchObject({ state: 'failed', error: { code } });
    expect((await get(`/v1/recipient-lists/${list.id}/rows`)).data).toEqual([]);
    expect((await post('/v1/campaigns', { name: 'c', listId: list.id, text: 'x' }).expect(409)).body.code).toBe(
      'list_not_ready',
    );
  });

  it('quotes, reserves the whole quote, sends exactly that, and closes the books', async () => {
    const before = await cabinet.wallet(account);
    const campaign = await quoted();
    expect(campaign.quote).toMatchObject({
      recipients: 5,
      messages: 2,
      skipped: { invalid_number: 1, duplicate: 1, no_consent: 1 },
      partsHistogram: { 1: 2 },
      ucs2Messages: 1,
      countries: { RU: 2 },
    });
    const micros = BigInt(campaign.quote.total.amount.replace('.', ''));
    expect((await cabinet.wallet(account)).availableMicros).toBe(before.availableMicros);
    await post(`/v1/campaigns/${campaign.id}/start`).expect(201);
    expect(await cabinet.wallet(account)).toMatchObject({
      availableMicros: before.availableMicros - micros,
      heldMicros: before.heldMicros + micros,
    });
    expect((await post(`/v1/campaigns/${campaign.id}/start`).expect(409)).body.code).toBe('campaign_state');
    await drain();
    expect(await get(`/v1/campaigns/${campaign.id}`)).toMatchObject({
      state: 'sent',
      recipients: { accepted: 2 },
      messages: { queued: 2 },
    });
    const { data } = await get(`/v1/campaigns/${campaign.id}/recipients`);
    expect(data.map(({ text, messageState }: { text: string; messageState: string }) => [text, messageState])).toEqual([
      ['Анна: Почта', 'queued'],
      ['Jan, Kowalski: ZUS', 'queued'],
    ]);
    await expectCleanAudit(cabinet.db.database);
  });

  it('refuses to start with a shortfall, and nothing moves', async () => {
    const poor = (await cabinet.account(1)).id;
    const campaign = await quoted({}, CSV, poor);
    const { body } = await post(`/v1/campaigns/${campaign.id}/start`, {}, poor).expect(402);
    expect(body).toMatchObject({ code: 'insufficient_funds', shortfall: { currency: 'RUB' } });
    expect(await cabinet.wallet(poor)).toMatchObject({ availableMicros: 1_000_000n, heldMicros: 0n });
  });

  it('hands everybody over once, though two workers run it and a start is pressed twice', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => `${phone(1000 + index)},N${index},X`);
    const rich = (await cabinet.account(20_000)).id;
    const campaign = await quoted({}, ['phone,klient,nadawca', ...rows].join('\n'), rich);
    const starts = await Promise.all([
      post(`/v1/campaigns/${campaign.id}/start`, {}, rich),
      post(`/v1/campaigns/${campaign.id}/start`, {}, rich),
    ]);
    expect(starts.map(({ status }) => status).sort()).toEqual([201, 409]);
    await Promise.all([drain(), drain()]);
    await drain();
    const messages = await cabinet.rows(rich);
    expect(messages).toHaveLength(2500);
    expect(new Set(messages.map(({ recipient }) => recipient)).size).toBe(2500);
    await expectCleanAudit(cabinet.db.database);
  });

  it('pauses, resumes and cancels; what has not left is given back', async () => {
    const own = (await cabinet.account(100)).id;
    const campaign = await quoted({}, CSV, own);
    await post(`/v1/campaigns/${campaign.id}/start`, {}, own).expect(201);
    expect((await post(`/v1/campaigns/${campaign.id}/pause`, {}, own).expect(200)).body.state).toBe('paused');
    expect(await runner.runOnce()).toBe(false);
    expect((await post(`/v1/campaigns/${campaign.id}/resume`, {}, own).expect(200)).body.state).toBe('running');
    await drain();
    expect((await post(`/v1/campaigns/${campaign.id}/cancel`, {}, own).expect(200)).body.state).toBe('cancelled');
    expect((await post(`/v1/campaigns/${campaign.id}/resume`, {}, own).expect(409)).body.code).toBe('campaign_state');
  });

  it('skips whoever opted out after the quote, and gives the price back', async () => {
    const own = (await cabinet.account(100)).id;
    const campaign = await quoted({}, CSV, own);
    await post(`/v1/campaigns/${campaign.id}/start`, {}, own).expect(201);
    await post('/v1/opt-outs', { to: phone(2) }, own).expect(201);
    await drain();
    const { body } = await http().get(`/v1/campaigns/${campaign.id}/recipients`).set(as(own)).expect(200);
    expect(body.data.map(({ state, reason }: { state: string; reason: string | null }) => [state, reason])).toEqual([
      ['accepted', null],
      ['skipped', 'opted_out'],
    ]);
    await expectCleanAudit(cabinet.db.database);
  });

  it('refuses variables that the file does not have, a start in the past, an instant without offset', async () => {
    const list = (await upload(CSV).expect(201)).body;
    const create = (change: object) => post('/v1/campaigns', { name: 'c', listId: list.id, text: 'x', ...change });
    const typo = (await create({ text: '[klijent]' }).expect(201)).body;
    expect((await post(`/v1/campaigns/${typo.id}/quote`).expect(422)).body).toMatchObject({
      code: 'unknown_variables',
      errors: [{ pointer: '/text' }],
    });
    expect((await create({ startAt: '2020-01-01T00:00:00Z' }).expect(422)).body.code).toBe('start_in_past');
    expect((await create({ startAt: '2030-01-01T00:00:00' }).expect(422)).body.errors[0]).toMatchObject({
      pointer: '/startAt',
      code: 'offset_required',
    });
    expect((await create({ text: undefined }).expect(422)).body.code).toBe('campaign_text');
    expect((await create({ budget: 1 }).expect(422)).body.errors[0]).toMatchObject({
      pointer: '/budget',
      code: 'unknown_field',
    });
    await create({ window: { timeZone: 'Mars/Base', days: {} } }).expect(422);
  });

  it('refuses senders and names that no message could show, and takes a start of a moment ago for now', async () => {
    const list = (await upload(CSV).expect(201)).body;
    const create = (change: object) => post('/v1/campaigns', { name: 'c', listId: list.id, text: 'x', ...change });
    const refused = async (change: object) => (await create(change).expect(422)).body.errors[0];
    expect(await refused({ sender: '<script>' })).toMatchObject({ pointer: '/sender', code: 'invalid_sender' });
    expect(await refused({ sender: ' ' })).toMatchObject({ pointer: '/sender', code: 'invalid_sender' });
    expect(await refused({ sender: 'Sberbank' })).toMatchObject({ pointer: '/sender', code: 'sender_not_allowed' });
    expect(await refused({ name: ' ' })).toMatchObject({ pointer: '/name', code: 'invalid_line' });
    expect(await refused({ text: ' \u200b' })).toMatchObject({ pointer: '/text', code: 'empty_text' });
    const ago = (minutes: number) => new Date(cabinet.clock.now().getTime() - minutes * 60_000).toISOString();
    expect(await refused({ startAt: ago(6) })).toMatchObject({ pointer: '/startAt', code: 'start_in_past' });
    await create({ startAt: ago(4) }).expect(201);
  });

  it('says of a header what is wrong with it', async () => {
    const code = async (csv: string | Buffer) => (await upload(csv).expect(422)).body;
    const many = ['phone', ...Array.from({ length: 100 }, (_, index) => `c${index}`)].join(',');
    expect(await code(`${many}\n`)).toMatchObject({
      code: 'csv_too_many_columns',
      title: 'At most 100 columns are taken',
    });
    expect((await code(`phone,${'x'.repeat(10_000)}\n`)).code).toBe('csv_column_name_too_long');
    expect((await code('phone,phone\n')).code).toBe('csv_header');
    for (const text of ['phone,klient\n+79160000001,Anna\n', 'телефон,имя\n+79160000001,Анна\n']) {
      expect((await code(Buffer.from(text, 'utf16le'))).code).toBe('csv_encoding');
      expect((await code(Buffer.from(text, 'utf16le').swap16())).code).toBe('csv_encoding');
    }
  });

  it('keeps campaigns and lists of others hidden', async () => {
    const campaign = await quoted();
    const other = (await cabinet.account(0)).id;
    const list = (await get('/v1/recipient-lists?limit=1')).data[0].id;
    for (const path of [
      `campaigns/${campaign.id}`,
      `campaigns/${campaign.id}/recipients`,
      `recipient-lists/${list}`,
      `recipient-lists/${list}/rows`,
    ]) {
      await http().get(`/v1/${path}`).set(as(other)).expect(404);
    }
    for (const verb of ['quote', 'start', 'pause', 'resume', 'cancel'])
      await post(`/v1/campaigns/${campaign.id}/${verb}`, {}, other).expect(404);
    expect((await post('/v1/campaigns', { name: 'c', listId: list, text: 'x' }, other).expect(404)).body.code).toBe(
      'list_not_found',
    );
  });
});

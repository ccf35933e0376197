import { type CompanyKind, companyOf } from '../support/companies/companies.js';
import { signTwilio } from '../support/companies/twilio.js';
import { signVonage } from '../support/companies/vonage.js';
import { JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';

const PUBLIC_URL = 'https://kabinet.example';
const JSON_INBOUND = {
  format: 'json',
  list: '/messages',
  fields: { from: '/from', to: '/to', text: '/text', messageId: '/id' },
};

let app: ProvidersApp;
let serial = 0;

beforeAll(async () => {
  app = await createProvidersApp(PUBLIC_URL);
});
afterAll(() => app.close());
beforeEach(() => app.db.database.query('DELETE FROM inbound_inbox'));

async function create(kind: string, settings: object, credentials: object): Promise<string> {
  const body = { code: `in-${++serial}`, kind, name: 'Aggregator', ratePerSecond: 10, settings, credentials };
  const created = await app.http().post('/admin/v1/providers').set(app.asStaff()).send(body).expect(201);
  return `${new URL(created.body.callbackUrl as string).pathname}/inbound`;
}

const described = (inbound: object | null = JSON_INBOUND) =>
  create('http', { ...jsonDialectSettings('https://api.example.com'), inbound }, JSON_DIALECT_SECRETS);

const ofCompany = (kind: CompanyKind) => create(kind, companyOf(kind).settings ?? {}, companyOf(kind).secrets);

async function inbox() {
  const rows = await app.db.database.query<Record<string, unknown> & { body_utf16: Buffer }>(
    'SELECT sender, recipient, body_utf16, provider_message_id, concat_reference, part_no, parts_total FROM inbound_inbox ORDER BY id',
  );
  return rows.map(({ body_utf16: body, ...row }) => ({ ...row, text: body.toString('utf16le') }));
}

const message = (id: string, text = 'СТОП 😀') => ({ id, from: '+79161234567', to: '4321', text });
const stored = (id: string, text = 'СТОП 😀') => ({
  sender: '79161234567',
  recipient: '4321',
  text,
  provider_message_id: id,
  concat_reference: null,
  part_no: null,
  parts_total: null,
});

describe('messages from phones over HTTP', () => {
  it('are stored when they are acknowledged', async () => {
    const path = await described();
    const { text } = await app
      .http()
      .post(path)
      .send({ messages: [message('1'), message('2', '')] })
      .expect(200);
    expect(text).toBe('OK');
    expect(await inbox()).toEqual([stored('1'), stored('2', '')]);
  });

  it('come in the query, too', async () => {
    const path = await described({ ...JSON_INBOUND, format: 'query', list: null, answer: { body: '' } });
    const query = new URLSearchParams(message('1')).toString();
    expect((await app.http().get(`${path}?${query}`).expect(200)).text).toBe('');
    expect(await inbox()).toEqual([stored('1')]);
  });

  it('are asked for again when they cannot be read, and the readable ones are kept', async () => {
    const path = await described();
    const { body } = await app
      .http()
      .post(path)
      .send({ messages: [{ ...message('1'), from: '' }, message('2')] })
      .expect(422);
    expect(body).toMatchObject({ code: 'report_unreadable', errors: [{ pointer: '/0' }] });
    expect(await inbox()).toEqual([stored('2')]);
  });

  it('are asked for again when they cannot be stored', async () => {
    const path = await described();
    await app.db.database.query('ALTER TABLE inbound_inbox RENAME TO inbound_inbox_away');
    try {
      const { status } = await app
        .http()
        .post(path)
        .send({ messages: [message('1')] });
      expect(status).toBeGreaterThanOrEqual(500);
    } finally {
      await app.db.database.query('ALTER TABLE inbound_inbox_away RENAME TO inbound_inbox');
    }
  });

  it('have no address where the description knows none', async () => {
    const path = await described(null);
    const call = app.http().post(path).send({ messages: [] });
    expect((await call.expect(404)).body.code).toBe('callback_not_found');
    await app.http().get('/callbacks/providers/x/inbound').expect(404);
  });

  it('are described as strictly as reports', async () => {
    const inbound = {
      format: 'form',
      list: '/x',
      fields: { from: 'from', to: '/to', body: '/x' },
      answer: { status: 404 },
    };
    const settings = { ...jsonDialectSettings('https://api.example.com'), inbound };
    const body = {
      code: 'bad',
      kind: 'http',
      name: 'x',
      ratePerSecond: 1,
      settings,
      credentials: JSON_DIALECT_SECRETS,
    };
    const refused = await app.http().post('/admin/v1/providers').set(app.asStaff()).send(body).expect(422);
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/settings/inbound/list',
      '/settings/inbound/fields/body',
      '/settings/inbound/fields/from',
      '/settings/inbound/fields/text',
      '/settings/inbound/answer/status',
    ]);
  });

  it('of Twilio have to be signed, and are answered with nothing to send back', async () => {
    const path = await ofCompany('twilio');
    const fields = { MessageSid: 'SM1', From: '+79161234567', To: '4321', Body: 'СТОП 😀', NumSegments: '1' };
    const post = (signature: string) =>
      app.http().post(path).type('form').set('x-twilio-signature', signature).send(fields);
    await post(signTwilio(PUBLIC_URL + path, { ...fields, Body: 'START' })).expect(401);
    const { text, headers } = await post(signTwilio(PUBLIC_URL + path, fields)).expect(200);
    expect([text, headers['content-type']]).toEqual(['<Response/>', expect.stringMatching(/^text\/xml/)]);
    expect(await inbox()).toEqual([stored('SM1')]);
  });

  it('of Vonage come part by part', async () => {
    const path = await ofCompany('vonage');
    const fields = { msisdn: '79161234567', to: '4321', messageId: '0B', text: 'part', type: 'text', concat: 'true' };
    const part = { ...fields, 'concat-ref': '108', 'concat-total': '2', 'concat-part': '2' };
    const query = new URLSearchParams({ ...part, sig: signVonage(part) }).toString();
    await app.http().get(`${path}?${query}`).expect(200);
    await app
      .http()
      .get(`${path}?${query.replace('text=part', 'text=other')}`)
      .expect(401);
    expect(await inbox()).toEqual([{ ...stored('0B', 'part'), concat_reference: 108, part_no: 2, parts_total: 2 }]);
  });

  it.each([
    ['infobip', { results: [{ messageId: 'm', from: '79161234567', to: '4321', text: 'hi', keyword: '' }] }, 'json'],
    ['smsapi', { MsgId: 'm', sms_from: '79161234567', sms_to: '4321', sms_text: 'hi', sms_date: '1' }, 'form'],
    ['smsc', { sms_id: 'm', phone: '79161234567', to: '4321', mes: 'hi', time: '1' }, 'form'],
  ] as const)('of %s are read', async (kind, body, type) => {
    const path = await ofCompany(kind);
    await app.http().post(path).type(type).send(body).expect(200);
    expect(await inbox()).toEqual([stored('m', 'hi')]);
  });
});

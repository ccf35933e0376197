import { submission } from '../contract/sms-provider.js';
import { COMPANY_KINDS, type CompanyKind, companyOf } from '../support/companies/companies.js';
import { signTwilio, TWILIO_SECRETS } from '../support/companies/twilio.js';
import { reportOf, signVonage, VONAGE_SECRETS } from '../support/companies/vonage.js';
import { HttpOperator } from '../support/http-operator.js';
import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';
import { until } from '../support/until.js';

const PROVIDERS = '/admin/v1/providers';
const TO = '48500000001';

let app: ProvidersApp;
let staff: Record<string, string>;
let operator: HttpOperator;
let serial = 0;

beforeAll(async () => {
  app = await createProvidersApp();
  staff = app.asStaff();
});
afterAll(() => app.close());
afterEach(async () => {
  await app.connections.stop(200);
  await operator?.stop();
});

interface Created {
  id: string;
  settings: Record<string, unknown>;
  callbackUrl: string | null;
  etag: string;
}

const create = (kind: CompanyKind, body: object = {}) => {
  const { secrets, settings } = companyOf(kind);
  const given = { kind, name: kind, ratePerSecond: 50, credentials: secrets, settings: settings ?? {}, ...body };
  return app
    .http()
    .post(PROVIDERS)
    .set(staff)
    .send({ code: `${kind}-${++serial}`, ...given });
};

/** A provider in front of its stand-in. */
async function connect(kind: CompanyKind, settings: object = {}): Promise<Created> {
  const { dialect, settings: own } = companyOf(kind);
  operator = await HttpOperator.start(dialect);
  const { body, headers } = await create(kind, { settings: { ...own, ...settings, baseUrl: operator.origin } });
  return { ...(body as Created), etag: headers['etag'] as string };
}

/** Sends over the link that a worker opens from the stored row. */
async function send(id: string) {
  await app.connections.start();
  const find = () => app.connections.active().find(({ providerId }) => providerId === id);
  const { provider } = await until('the link is there', find);
  const sent = submission(TO, 'hello');
  const [outcome] = await provider.submit([sent]);
  return { part: outcome!.parts[0]!, reference: sent.clientReference };
}

const inbox = (providerId: string) =>
  app.db.database.query<{ provider_message_id: string; status: string; client_reference: string | null }>(
    'SELECT provider_message_id, status, client_reference FROM report_inbox WHERE provider_id = $1 ORDER BY id',
    [providerId],
  );

describe('a provider of a known company', () => {
  it.each(COMPANY_KINDS)('%s tells its balance, once in ten seconds', async (kind) => {
    const { id } = await connect(kind);
    const ask = (expected = 200) => app.http().get(`${PROVIDERS}/${id}/balance`).set(staff).expect(expected);
    const { body } = await ask();
    expect(body).toEqual({
      amount: expect.stringMatching(/^-?\d+(\.\d+)?$/),
      currency: expect.any(String),
      askedAt: expect.stringMatching(/Z$/),
    });
    const asked = operator.asked.length;
    expect((await ask()).body).toEqual(body);
    expect(operator.asked).toHaveLength(asked);
  });

  it.each(COMPANY_KINDS)('%s shows the request it would make, masked', async (kind) => {
    const { id } = await connect(kind);
    const message = { to: TO, text: 'Zażółć', sender: 'Kabinet' };
    const { body } = await app.http().post(`${PROVIDERS}/${id}/dry-run`).set(staff).send(message).expect(200);
    expect(body.url.startsWith(operator.origin)).toBe(true);
    expect(operator.seen).toHaveLength(0);
    for (const secret of Object.values(companyOf(kind).secrets)) expect(JSON.stringify(body)).not.toContain(secret);
  });

  it.each(COMPANY_KINDS)('%s is changed like any other, secrets sealed', async (kind) => {
    const { id, etag } = await connect(kind);
    const change = (version: string, body: object) =>
      app
        .http()
        .patch(`${PROVIDERS}/${id}`)
        .set({ ...staff, 'if-match': version })
        .send(body);
    const refused = await change(etag, { settings: { baseUrl: 'gopher://x', colour: 1, limits: { timeoutMs: 1 } } });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/settings/baseUrl',
      '/settings/colour',
    ]);
    const limited = await change(etag, { settings: { ...companyOf(kind).settings, limits: { timeoutMs: 1 } } });
    expect(limited.body.errors).toMatchObject([{ pointer: '/settings/limits/timeoutMs' }]);
    await change(etag, { credentials: {} }).expect(422);
    const { body } = await change(etag, { settings: { ...companyOf(kind).settings, limits: { timeoutMs: 9_000 } } });
    expect(body.settings).toMatchObject({ limits: { timeoutMs: 9_000 } });
    const [row] = await app.db.database.query<{ row: string }>('SELECT p::text AS row FROM providers p WHERE id = $1', [
      id,
    ]);
    for (const secret of Object.values(companyOf(kind).secrets)) expect(row!.row).not.toContain(secret);
  });

  it('whose balance cannot be had says so', async () => {
    const { id } = await connect('twilio');
    await operator.goAway();
    const gone = await app.http().get(`${PROVIDERS}/${id}/balance`).set(staff).expect(503);
    expect(gone.body.code).toBe('balance_unavailable');
    await operator.comeBack();
    await app.http().get(`${PROVIDERS}/${id}/balance`).set(staff).expect(200);
    const settings = { host: '127.0.0.1', port: 1 };
    const smpp = { code: 'bare', kind: 'smpp', name: 'x', ratePerSecond: 1, settings };
    const { body } = await app
      .http()
      .post(PROVIDERS)
      .set(staff)
      .send({ ...smpp, credentials: { systemId: 'k', password: 'p' } });
    const none = await app.http().get(`${PROVIDERS}/${body.id}/balance`).set(staff).expect(409);
    expect(none.body.code).toBe('balance_not_supported');
    await app.http().get(`${PROVIDERS}/${id}/balance`).set(app.as('0190a000-0000-7000-8000-000000000002')).expect(403);
  });
});

describe('Twilio', () => {
  it('reports with a signature over the address that it was given, and with our reference in it', async () => {
    const { id } = await connect('twilio');
    const { part, reference } = await send(id);
    expect(part).toMatchObject({ kind: 'submitted', billedParts: 1 });
    const sid = part.kind === 'submitted' ? part.providerMessageId : '';
    const address = new URLSearchParams(operator.seen[0]!.body).get('StatusCallback')!;
    expect(new URL(address).searchParams.get('reference')).toBe(reference);
    const fields = { MessageSid: sid, MessageStatus: 'delivered', To: `+${TO}`, From: 'Kabinet' };
    const call = (signature: string, body: Record<string, string> = fields) =>
      app
        .http()
        .post(address.slice(new URL(address).origin.length))
        .type('form')
        .set('x-twilio-signature', signature)
        .send(body);
    const right = signTwilio(address, fields);
    await call(signTwilio(address, fields, 'another-token')).expect(401);
    await call(signTwilio(address.replace(reference, 'other'), fields)).expect(401);
    expect((await call(right, { ...fields, MessageStatus: 'failed' }).expect(401)).body.code).toBe(
      'report_signature_wrong',
    );
    expect(await inbox(id)).toEqual([]);
    await call(right).expect(200);
    expect(await inbox(id)).toEqual([{ provider_message_id: sid, status: 'delivered', client_reference: reference }]);
  });

  it('sends on behalf of a messaging service, with an API key', async () => {
    const messagingServiceSid = `MG${'a'.repeat(32)}`;
    const { id } = await connect('twilio', { messagingServiceSid });
    const message = { to: TO, text: 'x', sender: 'Kabinet' };
    const { body } = await app.http().post(`${PROVIDERS}/${id}/dry-run`).set(staff).send(message).expect(200);
    const form = new URLSearchParams(body.body as string);
    expect(form.get('MessagingServiceSid')).toBe(messagingServiceSid);
    expect(form.has('From')).toBe(false);
    const half = await create('twilio', { credentials: { ...TWILIO_SECRETS, apiKeySid: 'SK1' } }).expect(422);
    expect(half.body.errors).toMatchObject([{ pointer: '/credentials/apiKeySecret' }]);
    await create('twilio', { settings: { messagingServiceSid: 'x' } }).expect(422);
  });

  it('is paused when it refuses the credentials', async () => {
    const { id } = await connect('twilio');
    const { body, headers } = await app.http().get(`${PROVIDERS}/${id}`).set(staff);
    await app
      .http()
      .patch(`${PROVIDERS}/${id}`)
      .set({ ...staff, 'if-match': headers['etag'] })
      .send({ credentials: { ...TWILIO_SECRETS, authToken: 'wrong' }, settings: body.settings })
      .expect(200);
    const { part } = await send(id);
    expect(part).toMatchObject({ kind: 'not_sent', reason: 'unavailable', code: '20003' });
    await until('it is paused', async () => {
      const provider = await app.http().get(`${PROVIDERS}/${id}`).set(staff);
      return provider.body.pauseReason === 'credentials_refused';
    });
  });
});

describe('Vonage', () => {
  const sms = { to: TO, from: 'Kabinet', text: 'x', reference: 'ref-1', callback: null };
  const fields = (id: string) => reportOf(sms, id, 'delivered');
  const signed = (id: string, secret?: string) => {
    const given = fields(id);
    return { ...given, sig: signVonage(given, secret) };
  };

  it('reports as the account has it, and is believed when the signature fits', async () => {
    const { id, callbackUrl } = await connect('vonage');
    const path = new URL(callbackUrl!).pathname;
    await app.http().get(path).query(signed('a')).expect(200);
    await app.http().post(path).type('form').send(signed('b')).expect(200);
    await app.http().post(path).send(signed('c')).expect(200);
    await app.http().get(path).query(fields('d')).expect(401);
    await app.http().get(path).query(signed('e', 'another-secret')).expect(401);
    await app
      .http()
      .post(path)
      .send({ ...signed('f'), status: 'failed' })
      .expect(401);
    expect((await inbox(id)).map(({ provider_message_id }) => provider_message_id)).toEqual(['a', 'b', 'c']);
  });

  it('that does not sign is known by the address alone', async () => {
    const { signatureSecret: _none, ...credentials } = VONAGE_SECRETS;
    const { body } = await create('vonage', { credentials }).expect(201);
    await app
      .http()
      .get(new URL(body.callbackUrl as string).pathname)
      .query(fields('d'))
      .expect(200);
    expect(await inbox(body.id as string)).toEqual([
      { provider_message_id: 'd', status: 'delivered', client_reference: 'ref-1' },
    ]);
  });
});

describe('SMSAPI.pl', () => {
  it('reports several messages in one call', async () => {
    const { id, callbackUrl } = await connect('smsapi');
    const call = { MsgId: 'A,B,C', status: '404,405,777', idx: 'r1,r2,r3', to: `${TO},${TO},${TO}`, username: 'k' };
    const { text } = await app.http().get(new URL(callbackUrl!).pathname).query(call).expect(200);
    expect(text).toBe('OK');
    expect(await inbox(id)).toEqual([
      { provider_message_id: 'A', status: 'delivered', client_reference: 'r1' },
      { provider_message_id: 'B', status: 'undelivered', client_reference: 'r2' },
      { provider_message_id: 'C', status: 'unknown', client_reference: 'r3' },
    ]);
  });
});

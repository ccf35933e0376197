import { submission } from '../contract/sms-provider.js';
import { HttpOperator, JSON_DIALECT_SECRETS, jsonDialectSettings } from '../support/http-operator.js';
import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { until } from '../support/until.js';
import { PROVIDER_EXAMPLES } from '../../src/modules/providers/dto/settings-examples.js';

let app: ProvidersApp;
let staff: Record<string, string>;
let serial = 0;

beforeAll(async () => {
  app = await createProvidersApp();
  staff = app.asStaff();
});
afterAll(() => app.close());

const PROVIDERS = '/admin/v1/providers';
const SECRET = 'a-password-nobody-shows';
const smpp = (more: object = {}) => ({
  code: `smpp-${++serial}`,
  kind: 'smpp',
  name: 'Operator',
  ratePerSecond: 50,
  settings: { host: '127.0.0.1', port: 1 },
  credentials: { systemId: 'kabinet', password: SECRET },
  ...more,
});
const http = (more: object = {}) => ({
  code: `http-${++serial}`,
  kind: 'http',
  name: 'Aggregator',
  ratePerSecond: 50,
  settings: jsonDialectSettings('http://127.0.0.1:1'),
  credentials: JSON_DIALECT_SECRETS,
  ...more,
});
const create = async (body: object) => {
  const { body: created, headers } = await app.http().post(PROVIDERS).set(staff).send(body).expect(201);
  return { ...(created as { id: string; code: string; callbackUrl: string | null }), etag: headers['etag'] as string };
};
const get = async (id: string) => (await app.http().get(`${PROVIDERS}/${id}`).set(staff).expect(200)).body;
const patch = (id: string, etag: string, body: object) =>
  app
    .http()
    .patch(`${PROVIDERS}/${id}`)
    .set({ ...staff, 'if-match': etag })
    .send(body);
const stored = async (id: string) =>
  (await app.db.database.query<{ row: string }>('SELECT p::text AS row FROM providers p WHERE id = $1', [id]))[0]!.row;

describe('providers', () => {
  it('are created by kind, and never show their credentials again', async () => {
    const created = await create(smpp());
    expect(created).toMatchObject({
      status: 'active',
      maxBinds: 1,
      reportGraceHours: 72,
      senderPolicy: { kind: 'any' },
      settings: { host: '127.0.0.1', windowSize: 50, concatenation: 'udh8' },
      credentials: ['password', 'systemId'],
      takesCallbacks: false,
      callbackUrl: null,
      binds: [],
    });
    const shown = [
      created,
      await get(created.id),
      (await app.http().get(PROVIDERS).set(staff)).body,
      await stored(created.id),
    ];
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    const audit = await app.db.database.query('SELECT action, details FROM account_audit WHERE subject = $1', [
      `provider:${created.id}`,
    ]);
    expect(audit).toMatchObject([{ action: 'provider.created' }]);
    expect(JSON.stringify(audit)).not.toContain(SECRET);
  });

  it('get a callback address that is shown once and stored hashed', async () => {
    const { id, callbackUrl } = await create(http());
    expect(callbackUrl).toMatch(/^https:\/\/kabinet\.example\/callbacks\/providers\/[\w-]{43}$/);
    const token = String(callbackUrl).split('/').at(-1)!;
    expect(await stored(id)).not.toContain(token);
    expect(await get(id)).not.toHaveProperty('callbackUrl');
    const renewed = await app.http().post(`${PROVIDERS}/${id}/callback-address`).set(staff).expect(201);
    expect(renewed.body.callbackUrl).not.toBe(callbackUrl);
    const other = await create(smpp());
    const refused = await app.http().post(`${PROVIDERS}/${other.id}/callback-address`).set(staff).expect(409);
    expect(refused.body).toMatchObject({ code: 'provider_takes_no_callbacks' });
  });

  it.each([
    [
      smpp({ settings: { host: 'a b', port: 99_999, colour: 1 } }),
      ['/settings/colour', '/settings/host', '/settings/port'],
    ],
    [smpp({ credentials: { systemId: '' } }), ['/credentials/password', '/credentials/systemId']],
    [
      http({ settings: { request: { url: 'gopher://x', query: { a: '{{nope}}' } } } }),
      ['/settings/request/query/a', '/settings/request/url'],
    ],
    [http({ credentials: {} }), ['/settings/auth/token']],
    [http({ credentials: { token: 7 } }), ['/credentials/token']],
    [smpp({ kind: 'pigeon' }), ['/kind']],
    [smpp({ ratePerSecond: 0, maxBinds: 65, code: 'No Good' }), ['/code', '/maxBinds', '/ratePerSecond']],
    [smpp({ status: 'paused', ownerAccountId: 'x' }), ['/ownerAccountId', '/status']],
    [smpp({ senderPolicy: { kind: 'fixed' } }), ['/senderPolicy']],
    [smpp({ sendingWindow: { timeZone: 'Mars/Olympus', days: {} } }), ['/sendingWindow/timeZone']],
  ])('are refused with a pointer to every bad field: %#', async (body, pointers) => {
    const { body: problem } = await app.http().post(PROVIDERS).set(staff).send(body).expect(422);
    expect(problem.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(pointers);
    expect(JSON.stringify(problem)).not.toContain(SECRET);
  });

  it('have examples in the documentation that can be saved', async () => {
    for (const [kind, { credentials, ...example }] of Object.entries(PROVIDER_EXAMPLES)) {
      // What stands for a secret is no secret of any of them.
      const secrets = Object.fromEntries(Object.entries(credentials).map(([k, v]) => [k, v === '…' ? 'secret' : v]));
      const created = await create({ ...example, credentials: secrets, code: `example-${kind}` });
      expect(created).toMatchObject({ kind, credentials: Object.keys(credentials).sort() });
    }
  });

  it('have unique codes', async () => {
    const { code } = await create(smpp());
    const { body } = await app.http().post(PROVIDERS).set(staff).send(smpp({ code })).expect(409);
    expect(body.code).toBe('provider_code_taken');
  });

  it('are changed by whoever read the latest version', async () => {
    const { id, etag } = await create(smpp());
    const changed = await patch(id, etag, { ratePerSecond: 7, sendingWindow: null, name: 'Renamed' }).expect(200);
    expect(changed.body).toMatchObject({ ratePerSecond: 7, name: 'Renamed', credentials: ['password', 'systemId'] });
    expect((await patch(id, etag, { name: 'Late' }).expect(412)).body.code).toBe('version_mismatch');
    await app.http().patch(`${PROVIDERS}/${id}`).set(staff).send({ name: 'x' }).expect(428);
    await patch(id, changed.headers['etag'] as string, { kind: 'http' }).expect(422);
  });

  it('keep settings and credentials that fit together', async () => {
    const { id, etag } = await create(http());
    const refused = await patch(id, etag, { credentials: { other: 'x' } }).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/settings/auth/token', code: 'secret_missing' }]);
    const kept = await patch(id, etag, { credentials: { token: 'new', spare: 'x' } }).expect(200);
    expect(kept.body).toMatchObject({ credentials: ['spare', 'token'], takesCallbacks: true, callbackUrl: null });
    const without = jsonDialectSettings('http://127.0.0.1:1');
    delete without['reports'];
    const bare = await patch(id, kept.headers['etag'] as string, { settings: without }).expect(200);
    expect(bare.body).toMatchObject({ takesCallbacks: false, callbackUrl: null });
    const again = await patch(id, bare.headers['etag'] as string, {
      settings: jsonDialectSettings('http://127.0.0.1:1'),
    });
    expect(again.body.callbackUrl).toMatch(/callbacks\/providers\//);
  });

  it('are paused with a reason, drained and resumed', async () => {
    const { id } = await create(smpp());
    const act = (action: string, body?: object) =>
      app.http().post(`${PROVIDERS}/${id}/${action}`).set(staff).send(body);
    await act('pause', {}).expect(422);
    const paused = await act('pause', { reason: 'maintenance' }).expect(200);
    expect(paused.body).toMatchObject({ status: 'paused', pauseReason: 'maintenance' });
    expect((await act('pause', { reason: 'again' }).expect(409)).body.code).toBe('provider_state');
    expect((await act('resume').expect(200)).body).toMatchObject({ status: 'active', pauseReason: null });
    expect((await act('drain').expect(200)).body).toMatchObject({ status: 'draining' });
    await act('resume').expect(200);
    const trail = await app.db.database.query(
      `SELECT action, actor_kind, details FROM account_audit WHERE subject = $1 AND action <> 'provider.created' ORDER BY id`,
      [`provider:${id}`],
    );
    expect(trail).toMatchObject([
      { action: 'provider.paused', actor_kind: 'staff', details: { reason: 'maintenance' } },
      { action: 'provider.resumed', details: { from: 'paused', pauseReason: 'maintenance' } },
      { action: 'provider.draining', details: { from: 'active' } },
      { action: 'provider.resumed', details: { from: 'draining' } },
    ]);
  });

  it('are listed in pages', async () => {
    const first = await app.http().get(`${PROVIDERS}?limit=2`).set(staff).expect(200);
    expect(first.body.data).toHaveLength(2);
    const second = await app.http().get(`${PROVIDERS}?limit=2&cursor=${first.body.nextCursor}`).set(staff).expect(200);
    expect(second.body.data[0].code > first.body.data[1].code).toBe(true);
    await app.http().get(`${PROVIDERS}?cursor=zzz`).set(staff).expect(400);
  });

  it('are closed to tenants, and to staff without the right', async () => {
    const { id, etag } = await create(smpp());
    const tenant = app.as('0190a000-0000-7000-8000-000000000002');
    await app.http().get(PROVIDERS).set(tenant).expect(403);
    await app.http().post(PROVIDERS).set(tenant).send(smpp()).expect(403);
    await app.http().get(PROVIDERS).expect(401);
    const reader = app.asStaff(['providers:read']);
    await app.http().get(`${PROVIDERS}/${id}`).set(reader).expect(200);
    await app.http().post(`${PROVIDERS}/${id}/pause`).set(reader).send({ reason: 'x' }).expect(403);
    await app
      .http()
      .patch(`${PROVIDERS}/${id}`)
      .set({ ...reader, 'if-match': etag })
      .send({ name: 'x' })
      .expect(403);
    await app.http().get(`${PROVIDERS}/0190a000-0000-7000-8000-00000000dead`).set(staff).expect(404);
  });

  it('show the request that they would make, with every secret masked', async () => {
    const signature = { header: 'x-sign', secret: '{{secret.token}}' };
    const settings = jsonDialectSettings('https://api.example.com') as { request: object };
    const { id } = await create(
      http({
        settings: { ...settings, request: { ...settings.request, query: { key: '{{secret.token}}' }, signature } },
      }),
    );
    const message = { to: '48500000001', text: 'Zażółć "gęślą"', sender: 'Kabinet' };
    const { body } = await app.http().post(`${PROVIDERS}/${id}/dry-run`).set(staff).send(message).expect(200);
    expect(body).toMatchObject({
      method: 'POST',
      url: 'https://api.example.com/v1/messages?key=~secret~',
      headers: { authorization: 'Bearer ~secret~', 'x-sign': '~secret~', 'content-type': 'application/json' },
    });
    expect(JSON.parse(body.body)).toEqual({
      recipient: message.to,
      from: 'Kabinet',
      text: message.text,
      reference: 'dry-run',
      callback: 'https://kabinet.example/callbacks/providers/~secret~',
    });
    const other = await create(smpp());
    await app.http().post(`${PROVIDERS}/${other.id}/dry-run`).set(staff).send(message).expect(409);
  });
});

describe('the links of providers, as ops sees them', () => {
  it('[Z2] pause visibly when the credentials stop working, and go on once they are right', async () => {
    const operator = await SandboxOperator.start();
    const settings = { host: '127.0.0.1', port: operator.ports.smpp, reconnectMinMs: 20 };
    const { id } = await create(smpp({ settings, credentials: { systemId: 'kabinet', password: 'old' } }));
    await app.connections.start();
    const paused = await until('it is paused', async () => {
      const provider = await get(id);
      return provider.status === 'paused' && provider.binds[0]?.held === false && provider;
    });
    expect(paused).toMatchObject({
      pauseReason: 'credentials_refused',
      binds: [{ bindNo: 1, state: 'stopped', lastError: expect.stringMatching(/^0x0000000[ef]: /) }],
    });
    const { headers } = await app.http().get(`${PROVIDERS}/${id}`).set(staff);
    await patch(id, headers['etag'] as string, { credentials: { systemId: 'kabinet', password: 'sandbox' } }).expect(
      200,
    );
    expect(await get(id)).toMatchObject({ status: 'active', pauseReason: null });
    await until('it is bound', async () => (await get(id)).binds[0]?.state === 'ready');
    expect((await get(id)).binds).toMatchObject([{ bindNo: 1, state: 'ready', lastError: null, held: true }]);
    await app.connections.stop(200);
    expect((await get(id)).binds).toMatchObject([{ state: 'stopped', held: false }]);
    await operator.stop();
  });

  it('show what every link is doing, and which worker holds it', async () => {
    const operator = await SandboxOperator.start({ answerDelay: { minMs: 60_000, maxMs: 60_000 } });
    const settings = { host: '127.0.0.1', port: operator.ports.smpp, windowSize: 7 };
    const { id } = await create(
      smpp({ settings, maxBinds: 2, credentials: { systemId: 'kabinet', password: 'sandbox' } }),
    );
    const links = async () => (await app.http().get(`${PROVIDERS}/${id}/links`).set(staff).expect(200)).body;
    expect(await links()).toEqual({ status: 'active', pauseReason: null, ratePerSecond: 50, data: [] });
    await app.connections.start();
    await until(
      'both are bound',
      async () => (await links()).data.filter((link: { state: string }) => link.state === 'ready').length === 2,
    );
    const { provider, bindNo } = app.connections.active().find(({ providerId }) => providerId === id)!;
    void provider.submit([submission('48500000001', 'hello')]);
    const busy = await until('it is in flight', async () => {
      const { data } = await links();
      return data[bindNo - 1].inFlight === 1 && data;
    });
    expect(busy[bindNo - 1]).toMatchObject({
      bindNo,
      state: 'ready',
      held: true,
      window: 7,
      inFlight: 1,
      lastError: null,
      retryAt: null,
    });
    expect(busy[bindNo - 1].worker).toMatch(new RegExp(` ${process.pid}$`));
    expect(busy[2 - bindNo]).toMatchObject({ held: true, inFlight: 0 });
    await app.connections.stop(100);
    expect((await links()).data).toMatchObject([
      { state: 'stopped', held: false, worker: null, inFlight: null, window: null },
      { state: 'stopped', held: false },
    ]);
    await app.http().get(`${PROVIDERS}/0199f1c2-6b8e-7000-8000-4a1f6d2c9b10/links`).set(staff).expect(404);
    await operator.stop();
  });

  it('keep HTTP providers whose credentials are refused out of the way of the others', async () => {
    const operator = await HttpOperator.start();
    const { id } = await create(
      http({ settings: jsonDialectSettings(operator.origin), credentials: { token: 'wrong' } }),
    );
    await app.connections.start();
    const link = await until('the link is there', () =>
      app.connections.active().find(({ providerId }) => providerId === id),
    );
    await link.provider.submit([submission('48500000001', 'hello')]);
    await until('it is paused', async () => (await get(id)).pauseReason === 'credentials_refused');
    await app.connections.stop(200);
    await operator.stop();
  });
});

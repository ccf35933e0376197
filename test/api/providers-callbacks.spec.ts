import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { JSON_DIALECT_SECRETS, jsonDialectSettings, KANNEL_SECRETS, kannelSettings } from '../support/http-operator.js';
import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';

let app: ProvidersApp;
let serial = 0;

beforeAll(async () => {
  app = await createProvidersApp();
});
afterAll(() => app.close());
beforeEach(() => app.db.database.query('DELETE FROM report_inbox'));

async function createProvider(settings: object, credentials: object = JSON_DIALECT_SECRETS): Promise<string> {
  const body = { code: `cb-${++serial}`, kind: 'http', name: 'Aggregator', ratePerSecond: 10, settings, credentials };
  const created = await app.http().post('/admin/v1/providers').set(app.asStaff()).send(body).expect(201);
  return new URL(created.body.callbackUrl as string).pathname;
}

const inbox = () =>
  app.db.database.query<{ provider_message_id: string; status: string }>(
    'SELECT provider_message_id, status FROM report_inbox ORDER BY id',
  );
const report = (id: string, status = 'delivered') => ({ id, status, error: '0' });
const json = jsonDialectSettings('https://api.example.com');

describe('report callbacks', () => {
  it('store what they acknowledge', async () => {
    const path = await createProvider(json);
    const body = { reports: [report('1'), report('2', 'failed')] };
    const { text, headers } = await app.http().post(path).send(body).expect(200);
    expect(text).toBe('OK');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(await inbox()).toEqual([
      { provider_message_id: '1', status: 'delivered' },
      { provider_message_id: '2', status: 'undelivered' },
    ]);
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'no/such; type='])(
    'read the body whatever type it claims: %s',
    async (type) => {
      const path = await createProvider(json);
      await app
        .http()
        .post(path)
        .set('content-type', type)
        .send(JSON.stringify({ reports: [report('9007199254740993')] }))
        .expect(200);
      expect(await inbox()).toMatchObject([{ provider_message_id: '9007199254740993' }]);
    },
  );

  it('answer as the provider wants it, also to a GET', async () => {
    const path = await createProvider(kannelSettings('https://kannel.example'), KANNEL_SECRETS);
    const { text } = await app.http().get(`${path}?id=ref-1&status=1&to=%2B48500000001`).expect(200);
    expect(text).toBe('');
    expect(await inbox()).toEqual([{ provider_message_id: 'ref-1', status: 'delivered' }]);
  });

  it.each([
    ['no JSON', 'reports=1'],
    ['nothing', ''],
    ['another shape', '{"reports":{}}'],
    ['an empty list', '{"reports":[]}'],
  ])('refuse %s', async (_what, body) => {
    const path = await createProvider(json);
    const answer = await app.http().post(path).set('content-type', 'application/json').send(body).expect(422);
    expect(answer.body).toMatchObject({ code: 'report_unreadable' });
    expect(await inbox()).toEqual([]);
  });

  it('keep the readable reports of a call that has to be repeated', async () => {
    const path = await createProvider(json);
    const body = { reports: [report('1'), { status: 'delivered' }, report('3')] };
    const answer = await app.http().post(path).send(body).expect(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/1', code: 'report_unreadable' }]);
    expect((await inbox()).map((row) => row.provider_message_id)).toEqual(['1', '3']);
  });

  it('refuse bodies that are too large, and say nothing about unknown addresses', async () => {
    const path = await createProvider(json);
    await app
      .http()
      .post(path)
      .send({ reports: [report('1')], padding: 'x'.repeat(600_000) })
      .expect(413);
    for (const other of [`${path}x`, '/callbacks/providers/x']) {
      expect(
        (
          await app
            .http()
            .post(other)
            .send({ reports: [report('1')] })
            .expect(404)
        ).body.code,
      ).toBe('callback_not_found');
    }
    expect(await inbox()).toEqual([]);
  });

  it('check signatures over the very bytes', async () => {
    const signature = { header: 'X-Signature', secret: '{{secret.token}}' };
    const path = await createProvider({ ...json, reports: { ...(json['reports'] as object), signature } });
    const body = `{ "reports" : [ ${JSON.stringify(report('1'))} ] }`;
    const sign = (text: string) => createHmac('sha256', JSON_DIALECT_SECRETS.token).update(text).digest('hex');
    const post = (text: string) => app.http().post(path).set('content-type', 'application/json').send(text);
    await post(body).expect(401);
    await post(body)
      .set('X-Signature', sign(`${body} `))
      .expect(401);
    await post(body).set('X-Signature', sign(body)).expect(200);
    expect(await inbox()).toHaveLength(1);
  });

  it('stop listening at an address that was replaced', async () => {
    const path = await createProvider(json);
    await app
      .http()
      .post(path)
      .send({ reports: [report('1')] })
      .expect(200);
    const [provider] = (await app.http().get('/admin/v1/providers?limit=100').set(app.asStaff())).body.data.filter(
      ({ code }: { code: string }) => code === `cb-${serial}`,
    );
    const renewed = await app
      .http()
      .post(`/admin/v1/providers/${provider.id}/callback-address`)
      .set(app.asStaff())
      .expect(201);
    await app
      .http()
      .post(new URL(renewed.body.callbackUrl as string).pathname)
      .send({ reports: [report('2')] })
      .expect(200);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    await app
      .http()
      .post(path)
      .send({ reports: [report('3')] })
      .expect(404);
    expect(await inbox()).toHaveLength(2);
  });

  it('take many calls at once', async () => {
    const path = await createProvider(json);
    const calls = Array.from({ length: 150 }, (_, index) =>
      app
        .http()
        .post(path)
        .send({ reports: [report(`m-${index}`)] }),
    );
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set((await inbox()).map((row) => row.provider_message_id)).size).toBe(150);
  });

  it('ask for the call again when it cannot be stored', async () => {
    const path = await createProvider(json);
    await app
      .http()
      .post(path)
      .send({ reports: [report('1')] })
      .expect(200);
    await app.db.database.query('ALTER TABLE report_inbox RENAME TO report_inbox_away');
    try {
      const { status } = await app
        .http()
        .post(path)
        .send({ reports: [report('2')] });
      expect(status).toBeGreaterThanOrEqual(500);
    } finally {
      await app.db.database.query('ALTER TABLE report_inbox_away RENAME TO report_inbox');
    }
    await app
      .http()
      .post(path)
      .send({ reports: [report('2')] })
      .expect(200);
  });

  describe('over one connection', () => {
    let server: Server;

    beforeAll(async () => {
      await app.app.listen(0, '127.0.0.1');
      server = app.app.getHttpServer();
    });

    it('leave the connection usable after a body that is too large', async () => {
      const path = await createProvider(json);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const post = (body: string) => postOver(agent, server, path, body);
      try {
        expect(await post('x'.repeat(2 * 1_048_576))).toEqual({ status: 413, reused: false });
        expect(await post(JSON.stringify({ reports: [report('1')] }))).toEqual({ status: 200, reused: true });
      } finally {
        agent.destroy();
      }
      expect(await inbox()).toHaveLength(1);
    });

    it('hang up on a body without an end', async () => {
      const path = await createProvider(json);
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      const ended = once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
      let answer = '';
      socket.on('error', () => undefined).on('data', (chunk) => (answer += chunk.toString()));
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n`);
      socket.write(Buffer.alloc(4 * 1_048_576 + 1));
      await ended;
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    });
  });
});

/** One request of a client that keeps its connections; fails when there is no answer. */
async function postOver(
  agent: Agent,
  server: Server,
  path: string,
  body: string,
): Promise<{ status: number; reused: boolean }> {
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const signal = AbortSignal.timeout(5_000);
  const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers, signal });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  answer.resume();
  await once(answer, 'end');
  return { status: answer.statusCode, reused: sent.reusedSocket };
}

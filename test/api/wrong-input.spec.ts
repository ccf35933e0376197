import { readFileSync } from 'node:fs';
import { Client } from 'undici';
import { oneC } from '../support/bank-files.js';
import { createFullApp, type FullApp } from '../support/full-app.js';
import { bearer, PASSWORD } from '../support/identity.js';

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  example?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface Operation {
  operationId: string;
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const {
  paths,
  components,
}: { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } } = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
);
const UNKNOWN_ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';
/** What hardly a field may be. */
const ODD = [null, [[]], ' ', '2026-02-30', -1];

const LATER = new Date(Date.now() + 86_400_000).toISOString();
/** Where the example of the document is not right at every time and for everybody. */
const BETTER: Record<string, unknown> = {
  validFrom: LATER,
  startAt: LATER,
  sendAt: LATER,
  expiresAt: LATER,
  receivedOn: LATER.slice(0, 10),
  kind: 'http',
  senderPolicy: { kind: 'fixed', sender: 'Kabinet' },
  credentials: { token: 'secret' },
  templateId: undefined,
  vatNumber: undefined,
  refundUndelivered: true,
  confirmParts: 2,
  taxNumber: '7736050003',
  invoiceId: undefined,
  operatorCode: undefined,
};

/** A value that the document calls right, made of its examples. */
function sampleOf(schema: Schema): unknown {
  if (schema.$ref) return sampleOf(components.schemas[schema.$ref.split('/').at(-1)!]!);
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.allOf ?? schema.oneOf ?? [];
  if (first) return sampleOf(first);
  if (schema.properties)
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, one]) => [name, name in BETTER ? BETTER[name] : sampleOf(one)]),
    );
  if (schema.items) return [sampleOf(schema.items)];
  const type = [schema.type].flat()[0];
  if (schema.format === 'uuid') return UNKNOWN_ID;
  return type === 'string' ? 'text' : type === 'boolean' ? true : type === 'object' ? {} : 1;
}

/** The body with one field odd, or left out, at any depth. */
function* mutantsOf(value: unknown): Generator {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    // The settings of a provider are read by its kind, which has tests of its own.
    for (const odd of [undefined, ...ODD, ...(key === 'settings' ? [] : mutantsOf(child))]) {
      const copy: Record<string, unknown> = structuredClone(value) as never;
      copy[key] = odd;
      yield copy;
    }
  }
}

const cursorOf = (...key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** What every route has in common, asked of each of them: nothing that a caller may send is a mistake of ours. */
describe('Wrong input', () => {
  let app: FullApp;
  /** Thousands of requests over one connection. */
  let client: Client;
  const headers: Record<'staff' | 'owner' | 'portal', Record<string, string>> = { staff: {}, owner: {}, portal: {} };
  /** Real ids for the paths, by what stands before them: a list of nothing would not read its cursor. */
  const ids: Record<string, string> = {};

  /** Counts requests, so that each has a key of its own, and what has to have a name of its own. */
  let count = 0;
  let seller = '';

  const post = async (who: keyof typeof headers, path: string, body: object): Promise<Record<string, string>> =>
    (await app.http().post(path).set(headers[who]).send(body).expect(201)).body;

  beforeAll(async () => {
    app = await createFullApp();
    client = new Client(await app.app.getUrl());
    headers.staff = await app.signInStaff();
    await openAccount();
    await openPortal();
    await fillAccount();
  });
  afterAll(async () => {
    await client.close();
    await app.close();
  });

  async function openAccount(): Promise<void> {
    const account = { name: 'Clinic', country: 'RU', currency: 'RUB', locale: 'ru', timeZone: 'Europe/Moscow' };
    ids.accounts = (await post('staff', '/admin/v1/accounts', account)).id!;
    const user = { login: 'the-owner', email: 'owner@clinic.example', role: 'owner' };
    const { invitationToken } = await post('staff', `/admin/v1/accounts/${ids.accounts}/users`, user);
    const choice = { token: invitationToken, password: PASSWORD };
    await app.http().post('/v1/invitations/accept').send(choice).expect(200);
    headers.owner = bearer(
      (await post('owner', '/v1/sessions', { login: user.login, password: PASSWORD })).accessToken!,
    );
  }

  async function openPortal(): Promise<void> {
    ids.portals = (await post('staff', '/admin/v1/portals', { name: 'Clinic system' })).id!;
    const key = { name: 'server', scopes: ['accounts:read', 'accounts:write'] };
    headers.portal = bearer((await post('staff', `/admin/v1/portals/${ids.portals}/api-keys`, key)).key!);
  }

  async function fillAccount(): Promise<void> {
    const list = await app
      .http()
      .post('/v1/recipient-lists?name=January')
      .set({ ...headers.owner, 'content-type': 'text/csv' })
      .send('phone\n+79161234567\n')
      .expect(201);
    ids['recipient-lists'] = list.body.id;
    const campaign = { name: 'January', listId: list.body.id, text: 'Hello' };
    ids.campaigns = (await post('owner', '/v1/campaigns', campaign)).id!;
    const { body } = await app.http().get('/v1/wallets').set(headers.owner).expect(200);
    ids.wallets = body.data[0].id;
    const samples = ['/admin/v1/tariffs', '/admin/v1/providers', '/admin/v1/routes', '/admin/v1/legal-entities'];
    for (const path of [
      ...samples,
      '/v1/payers',
      '/v1/templates',
      '/v1/missed-call-rules',
      '/v1/invoices',
      '/v1/webhook-endpoints',
    ])
      ids[path.split('/').at(-1)!] = (await create(path)).id!;
    seller = (await app.http().get('/admin/v1/legal-entities').set(headers.staff).expect(200)).body[0].code;
    // What there is from the start: the kinds of services are not those of the sample.
    ids.services = (await app.http().get('/admin/v1/services').set(headers.staff).expect(200)).body.data[0].id;
    const statement = oneC({ account: '40702810900000000001', movements: [{ minor: 100, purpose: 'nobody knows' }] });
    const upload = app.http().post('/admin/v1/bank-statements').set(headers.staff).set('content-type', 'text/plain');
    ids['bank-statements'] = (await upload.send(statement).expect(201)).body.id;
    ids.payments = (await create('/admin/v1/accounts/{accountId}/payments')).id!;
  }

  /** Something as the document's own examples make it. */
  async function create(path: string): Promise<Record<string, string>> {
    const sample = sampleOf(paths[path]!.post!.requestBody!.content['application/json']!.schema);
    const { status, answer } = await send('post', path, sample);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer;
  }

  const callerOf = (path: string): Record<string, string> =>
    path.startsWith('/admin/') ? headers.staff : path === '/v1/accounts' ? headers.portal : headers.owner;
  /** `/admin/v1/accounts/{accountId}/users` with the id of a real account. */
  const fill = (path: string): string =>
    path.replace(/([a-z-]+)\/\{\w+\}/g, (whole, parent: string) => (ids[parent] ? `${parent}/${ids[parent]}` : whole));

  const lists = Object.entries(paths).flatMap(([path, { get }]) =>
    get?.parameters.some(({ name }) => name === 'cursor') ? [path] : [],
  );
  const numbers = [0, 1, 2, 3].map((length) => Array.from({ length }, () => 7));

  it('finds the lists', () => expect(lists.length).toBeGreaterThan(20));

  it.each(lists)('refuses a cursor that is not one of ours: GET %s', async (path) => {
    const get = async (cursor?: string) => {
      const query = cursor === undefined ? {} : { cursor };
      const request = { path: fill(path), query, headers: callerOf(path) };
      const { statusCode: status, body } = await client.request({ method: 'GET', ...request });
      return { status, body: (await body.json()) as { code?: string } };
    };
    expect(await get()).toMatchObject({ status: 200 });
    const foreign = ['', '%', 'WyJhIl0', cursorOf('ы'), cursorOf('a', 'b'), cursorOf('9'.repeat(40), '1')];
    const odd = ['\u0000', "'", '2026-01-01', '2026-02-30T00:00:00.000Z'].flatMap((one) => [
      [one],
      ['48', one],
      [one, '1'],
    ]);
    const typed = [...numbers, [null], [['a']], [{}]];
    for (const cursor of [...foreign, ...[...odd, ...typed].map((key) => cursorOf(...key))]) {
      const { status, body } = await get(cursor);
      expect({ cursor, status, code: body.code }).toEqual({ cursor, status: 400, code: 'invalid_cursor' });
    }
  });

  const send = async (method: string, path: string, body: unknown) => {
    const url = fill(path).replace(/\{\w+\}/g, UNKNOWN_ID);
    const sent = known(body);
    const etag = paths[path]!.get && method === 'patch' ? (etags.get(url) ?? (await etagOf(url))) : '"v1"';
    const { statusCode: status, body: stream } = await client.request({
      method: method.toUpperCase(),
      path: url,
      headers: {
        ...callerOf(path),
        'content-type': 'application/json',
        'idempotency-key': `wrong-${++count}`,
        'if-match': etag,
      },
      body: JSON.stringify(sent),
    });
    // What was refused is as it was.
    if (status >= 400 && status !== 412) etags.set(url, etag);
    else etags.delete(url);
    const text = await stream.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
    return { status, code: answer.code, answer, sent: JSON.stringify(sent).slice(0, 300) };
  };
  /** The ids and names in a sample as they are here: of what there is, and not taken yet. */
  const known = (body: unknown): unknown =>
    JSON.parse(JSON.stringify(body), (name, value: unknown) => {
      if (value === UNKNOWN_ID) return ids[`${name.replace(/Id$/, '').replace('list', 'recipient-list')}s`] ?? value;
      if (['code', 'login', 'externalId', 'bankReference'].includes(name) && typeof value === 'string')
        return value && value.length < 40 ? value.replace(/(?=@|$)/, String(++count)) : value;
      return name === 'seller' && value === 'kabinet-ru' ? seller : value;
    });
  const etags = new Map<string, string>();
  const etagOf = async (url: string): Promise<string> => {
    const { headers: answered, body } = await client.request({ method: 'GET', path: url, headers: callerOf(url) });
    await body.dump();
    return String(answered.etag ?? '"v1"');
  };

  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { requestBody, operationId }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      // A suspended account would refuse the rest.
      return schema && operationId !== 'suspendAccount' ? [{ method, path, schema }] : [];
    }),
  );

  it.each(operations)('refuses a body that is no object: $method $path', async ({ method, path }) => {
    for (const body of [null, [], [{}], 'text', 1, true])
      expect(await send(method, path, body)).toMatchObject({ status: path.includes('{token}') ? 404 : 422 });
  });

  it.each(operations)('makes no mistake of ours of a wrong field: $method $path', async ({ method, path, schema }) => {
    for (const body of mutantsOf(sampleOf(schema))) {
      const { status, code, sent } = await send(method, path, body);
      if (code === 'internal_error' || status === 500) throw new Error(`${status} to ${sent}`);
    }
  });
});

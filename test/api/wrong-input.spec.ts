import { readFileSync } from 'node:fs';
import { createFullApp, type FullApp } from '../support/full-app.js';
import { bearer, PASSWORD } from '../support/identity.js';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string }[];
}

const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);
const cursorOf = (...key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** What every route has in common, asked of each of them: nothing that a caller may send is a mistake of ours. */
describe('Wrong input', () => {
  let app: FullApp;
  const headers: Record<'staff' | 'owner' | 'portal', Record<string, string>> = { staff: {}, owner: {}, portal: {} };
  /** Real ids for the paths, by what stands before them: a list of nothing would not read its cursor. */
  const ids: Record<string, string> = {};

  const post = async (who: keyof typeof headers, path: string, body: object): Promise<Record<string, string>> =>
    (await app.http().post(path).set(headers[who]).send(body).expect(201)).body;

  beforeAll(async () => {
    app = await createFullApp();
    headers.staff = await app.signInStaff();
    await openAccount();
    await openPortal();
    await fillAccount();
  });
  afterAll(() => app.close());

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
    const tariff = { name: 'T', code: 't', currency: 'RUB', chargeOn: 'submit', refundUndelivered: false };
    ids.tariffs = (await post('staff', '/admin/v1/tariffs', tariff)).id!;
    const { body } = await app.http().get('/v1/wallets').set(headers.owner).expect(200);
    ids.wallets = body.data[0].id;
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
    const get = (cursor?: string) => app.http().get(fill(path)).query({ cursor }).set(callerOf(path));
    await get().expect(200);
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
});

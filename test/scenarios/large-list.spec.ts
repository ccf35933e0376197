import { request } from 'undici';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../src/kernel/clock.js';
import { DiscardLists } from '../../src/modules/campaigns/index.js';
import { createFullApp, type FullApp } from '../support/full-app.js';
import { bearer, PASSWORD } from '../support/identity.js';
import { type Replica, startApiReplica } from '../support/replica.js';

const ROWS = 100_000;
const LIMIT_MB = 300;
const NAMES = ['Анна', 'Łukasz', 'Ελένη', 'John'];

/** 100,000 recipients, made while they are sent: 5 MB that no memory of ours ever holds. */
function* recipients(count: number): Generator<string> {
  yield 'phone,klient,nadawca,consent\n';
  for (let index = 0; index < count; index++)
    yield `+7916${String(1_000_000 + index)},${NAMES[index % NAMES.length]},"Почта, отделение ${index % 500}",yes\n`;
}

describe('A large list', () => {
  let app: FullApp;
  let api: Replica;
  let owner: Record<string, string>;
  let accountId: string;

  beforeAll(async () => {
    app = await createFullApp();
    const staff = await app.signInStaff();
    const account = { name: 'Clinic', country: 'RU', currency: 'RUB', locale: 'ru', timeZone: 'Europe/Moscow' };
    accountId = (await app.http().post('/admin/v1/accounts').set(staff).send(account).expect(201)).body.id;
    const user = { login: 'the-owner', email: 'owner@clinic.example', role: 'owner' };
    const invited = await app.http().post(`/admin/v1/accounts/${accountId}/users`).set(staff).send(user).expect(201);
    const choice = { token: invited.body.invitationToken, password: PASSWORD };
    await app.http().post('/v1/invitations/accept').send(choice).expect(200);
    const { body } = await app.http().post('/v1/sessions').send({ login: user.login, password: PASSWORD }).expect(201);
    owner = bearer(body.accessToken);
    api = await startApiReplica(app.environment);
  });
  afterAll(async () => {
    await api.stop();
    await app.close();
  });

  const upload = (body: Readable) =>
    request(`${api.url}/v1/recipient-lists?name=all`, {
      method: 'POST',
      headers: { ...owner, 'content-type': 'text/csv' },
      body,
      headersTimeout: 120_000,
    });
  const post = async (path: string, body: object = {}) => {
    const headers = { ...owner, 'content-type': 'application/json', 'idempotency-key': path };
    return (await (
      await request(api.url + path, { method: 'POST', headers, body: JSON.stringify(body), headersTimeout: 120_000 })
    ).body.json()) as Record<string, never>;
  };

  const rows = async (): Promise<number> =>
    (await app.db.database.query<{ n: number }>('SELECT count(*)::int AS n FROM recipient_list_rows'))[0]!.n;
  const lists = async () => (await app.http().get('/v1/recipient-lists').set(owner).expect(200)).body.data;

  it('that is given up while it still arrives takes nothing more', async () => {
    const slow = new Readable({ read() {} });
    for (const line of recipients(1_500)) slow.push(line);
    const answer = upload(slow);
    while ((await rows()) < 1_000) await sleep(20);
    const later = new Date(Date.now() + 3_601_000);
    expect(await app.app.get(DiscardLists, { strict: false }).sweep(later)).toEqual({ discarded: 1 });
    slow.push('+79160000001,Анна,Банк,yes\n');
    slow.push(null);
    expect(await (await answer).body.json()).toMatchObject({ status: 422, code: 'upload_interrupted' });
    expect(await rows()).toBe(0);
  });

  it(`of ${ROWS} recipients is streamed and quoted below ${LIMIT_MB} MB`, async () => {
    const list = (await (await upload(Readable.from(recipients(ROWS)))).body.json()) as { id: string };
    expect(list).toMatchObject({ state: 'ready', rows: { ok: ROWS, invalid_number: 0, duplicate: 0, no_consent: 0 } });
    expect(api.peakMb()).toBeLessThan(LIMIT_MB);
    const { id } = await post('/v1/campaigns', { name: 'All', listId: list.id, text: '[klient]: [nadawca]' });
    expect(await post(`/v1/campaigns/${id}/quote`)).toMatchObject({ state: 'quoted', quote: { recipients: ROWS } });
    expect(api.peakMb()).toBeLessThan(LIMIT_MB);
  }, 180_000);

  it('whose upload died with its process is discarded, and nothing of it is left', async () => {
    const others = await rows();
    const endless = new Readable({ read() {} });
    for (const line of recipients(3_500)) endless.push(line);
    const cut = upload(endless).catch((error: Error) => error);
    while ((await rows()) < others + 3_000) await sleep(20);
    await api.kill();
    endless.destroy();
    expect(await cut).toBeInstanceOf(Error);

    expect((await lists())[0]).toMatchObject({ state: 'receiving' });
    const lost = app.app.get(DiscardLists, { strict: false });
    const now = app.app.get(Clock, { strict: false }).now();
    expect(await lost.sweep(now)).toEqual({ discarded: 0 });
    expect(await lost.sweep(new Date(now.getTime() + 3_601_000))).toEqual({ discarded: 1 });
    expect(await rows()).toBe(others);
    expect((await lists())[0]).toMatchObject({ state: 'failed', error: { code: 'upload_interrupted' } });
  });
});

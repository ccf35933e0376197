import { randomUUID } from 'node:crypto';
import { AccountsService } from '../../src/modules/accounts/index.js';
import { ContactsModule, ContactsService } from '../../src/modules/contacts/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('opt-outs', () => {
  let db: TestDatabase;
  let test: TestApp;
  let accountId: string;
  let otherId: string;

  const open = (name: string) =>
    db.database.transaction((tx) =>
      test.app.get(AccountsService, { strict: false }).create(tx, {
        name,
        country: 'PL',
        currency: 'PLN',
        locale: 'pl',
        timeZone: 'Europe/Warsaw',
        actor: { kind: 'system', id: null },
      }),
    );

  const add = (body: object, key: string = randomUUID()) =>
    test.http().post('/v1/opt-outs').set(test.as(accountId)).set('idempotency-key', key).send(body);

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({ imports: [ContactsModule], database: db.database });
    ({ id: accountId } = await open('Biuro'));
    ({ id: otherId } = await open('Inne biuro'));
  });

  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  it('reads a number as it is dialled at home and keeps it once', async () => {
    await add({ to: '600 100 200', note: 'at the desk' }).expect(201, /"to":"48600100200"/);
    const again = await add({ to: '+48600100200' }).expect(201);
    expect(again.body).toMatchObject({ to: '48600100200', note: 'at the desk', source: 'portal' });
    const contacts = test.app.get(ContactsService, { strict: false });
    await expect(contacts.optedOut(db.database, accountId, ['48600100200', '48600100201'])).resolves.toEqual(
      new Set(['48600100200']),
    );
    await expect(contacts.optedOut(db.database, otherId, ['48600100200'])).resolves.toEqual(new Set());
  });

  it('refuses what is no number, naming the field', async () => {
    const { body } = await add({ to: '12345' }).expect(422);
    expect(body.errors).toEqual([{ pointer: '/to', code: 'invalid_number', detail: expect.any(String) }]);
  });

  it('lists page by page, narrowed by leading digits', async () => {
    for (const to of ['+48600300001', '+48600300002', '+48600300003']) await add({ to }).expect(201);
    const page = (query: object) => test.http().get('/v1/opt-outs').set(test.as(accountId)).query(query);
    const first = await page({ to: '486003', limit: 2 }).expect(200);
    expect(first.body.data.map((one: { to: string }) => one.to)).toEqual(['48600300001', '48600300002']);
    const second = await page({ to: '486003', limit: 2, cursor: first.body.nextCursor }).expect(200);
    expect(second.body).toMatchObject({ data: [{ to: '48600300003' }], nextCursor: null });
    await page({ cursor: 'nonsense' }).expect(400);
  });

  it('removes a number of its own account only', async () => {
    await add({ to: '+48600400001' }).expect(201);
    await test.http().delete('/v1/opt-outs/+48600400001').set(test.as(otherId)).expect(404);
    await test.http().delete('/v1/opt-outs/+48600400001').set(test.as(accountId)).expect(204);
    await test.http().delete('/v1/opt-outs/+48600400001').set(test.as(accountId)).expect(404);
  });

  it('asks for the right to write', async () => {
    const { body } = await test
      .http()
      .post('/v1/opt-outs')
      .set(test.as(accountId, ['contacts:read']))
      .set('idempotency-key', 'x')
      .send({ to: '+48600400002' })
      .expect(403);
    expect(body.code).toBe('permission_missing');
  });
});

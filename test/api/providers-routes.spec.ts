import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';
import { insertProvider } from '../support/factories/providers.js';

let app: ProvidersApp;
let staff: Record<string, string>;
let first: string;
let second: string;

beforeAll(async () => {
  app = await createProvidersApp();
  staff = app.asStaff();
  first = await insertProvider(app.db.database);
  second = await insertProvider(app.db.database);
});
afterAll(() => app.close());
beforeEach(() => app.db.database.query('DELETE FROM routes'));

const ROUTES = '/admin/v1/routes';
const create = async (body: object) => {
  const answer = await app.http().post(ROUTES).set(staff).send(body).expect(201);
  return { ...(answer.body as { id: string }), etag: answer.headers['etag'] as string };
};
const pick = async (to: string, lane = 'bulk') =>
  (await app.http().get(`${ROUTES}/pick?to=${to}&lane=${lane}`).set(staff).expect(200)).body;

describe('routes', () => {
  it('are taken by the longest prefix as soon as they are written', async () => {
    expect(await pick('48500000001')).toEqual({ providerId: null, alternatives: [] });
    await create({ prefix: '', providerId: first });
    expect(await pick('48500000001')).toEqual({ providerId: first, alternatives: [] });
    await create({ prefix: '485', providerId: second, tier: 1 });
    await create({ prefix: '485', providerId: first, tier: 2 });
    expect(await pick('48500000001')).toEqual({ providerId: second, alternatives: [first] });
    expect(await pick('79160000000')).toEqual({ providerId: first, alternatives: [] });
  });

  it('may be for one lane', async () => {
    await create({ prefix: '48', providerId: first });
    await create({ prefix: '48', providerId: second, lane: 'otp' });
    expect(await pick('48500000001', 'otp')).toMatchObject({ providerId: second });
    expect(await pick('48500000001', 'bulk')).toMatchObject({ providerId: first });
  });

  it('are switched, changed under their version, and removed', async () => {
    const { id, etag } = await create({ prefix: '48', providerId: first });
    const patch = (version: string, body: object) =>
      app
        .http()
        .patch(`${ROUTES}/${id}`)
        .set({ ...staff, 'if-match': version })
        .send(body);
    const off = await patch(etag, { enabled: false }).expect(200);
    expect(await pick('48500000001')).toMatchObject({ providerId: null });
    await patch(etag, { enabled: true }).expect(412);
    await patch(off.headers['etag'] as string, { enabled: true, weight: 5, tier: 3 }).expect(200);
    expect(await pick('48500000001')).toMatchObject({ providerId: first });
    await app.http().delete(`${ROUTES}/${id}`).set(staff).expect(204);
    await app.http().delete(`${ROUTES}/${id}`).set(staff).expect(404);
    const audit = await app.db.database.query('SELECT action FROM account_audit WHERE subject = $1 ORDER BY id', [
      `route:${id}`,
    ]);
    expect(audit.map(({ action }) => action as string)).toEqual([
      'route.created',
      'route.changed',
      'route.changed',
      'route.removed',
    ]);
  });

  it.each([
    [{ prefix: '+48' }, 422],
    [{ prefix: '4'.repeat(16) }, 422],
    [{ prefix: '48', lane: 'fast' }, 422],
    [{ prefix: '48', tier: 10 }, 422],
    [{ prefix: '48', weight: 0 }, 422],
    [{ prefix: '48', providerId: 'x' }, 422],
    [{ prefix: '48', providerId: '0190a000-0000-7000-8000-00000000dead' }, 404],
  ])('are refused when they cannot be: %p', async (body, status) => {
    await app
      .http()
      .post(ROUTES)
      .set(staff)
      .send({ providerId: first, ...body })
      .expect(status);
  });

  it('are unique, and listed with filters', async () => {
    await create({ prefix: '48', providerId: first });
    await create({ prefix: '485', providerId: first });
    await create({ prefix: '48', providerId: second });
    const again = await app.http().post(ROUTES).set(staff).send({ prefix: '48', providerId: first }).expect(409);
    expect(again.body.code).toBe('route_exists');
    const list = async (query: string) => (await app.http().get(`${ROUTES}?${query}`).set(staff).expect(200)).body;
    expect((await list('prefix=48')).data).toHaveLength(3);
    expect((await list(`providerId=${second}`)).data).toHaveLength(1);
    const page = await list('limit=2');
    expect((await list(`limit=2&cursor=${page.nextCursor}`)).data).toHaveLength(1);
    await app.http().get(ROUTES).set(app.as('0190a000-0000-7000-8000-000000000002')).expect(403);
  });
});

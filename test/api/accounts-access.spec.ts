import { TENANT_PERMISSIONS } from '../../src/modules/identity/index.js';
import { createFullApp, type FullApp } from '../support/full-app.js';
import { bearer, PASSWORD } from '../support/identity.js';
import { type Route, routesOf } from '../support/routes.js';

const ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';

describe('Access, by the table of routes', () => {
  let app: FullApp;
  let routes: Route[];
  let owner: Record<string, string>;
  let staff: Record<string, string>;

  beforeAll(async () => {
    app = await createFullApp();
    routes = routesOf(app.app);
    staff = await app.signInStaff();
    owner = await newOwner();
  });
  afterAll(() => app.close());

  async function newOwner(): Promise<Record<string, string>> {
    const account = { name: 'Clinic', country: 'RU', currency: 'RUB', locale: 'ru', timeZone: 'Europe/Moscow' };
    const { body: opened } = await app.http().post('/admin/v1/accounts').set(staff).send(account).expect(201);
    const user = { login: 'the-owner', email: 'owner@clinic.example', role: 'owner' };
    const invited = await app.http().post(`/admin/v1/accounts/${opened.id}/users`).set(staff).send(user).expect(201);
    const choice = { token: invited.body.invitationToken, password: PASSWORD };
    await app.http().post('/v1/invitations/accept').send(choice).expect(200);
    const { body } = await app.http().post('/v1/sessions').send({ login: user.login, password: PASSWORD }).expect(201);
    return bearer(body.accessToken);
  }

  const call = ({ method, path }: Route, headers: Record<string, string> = {}) => {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    const http = app.http();
    return http[verb](path.replace(/:\w+/g, ID))
      .set(headers)
      .send(verb === 'get' ? undefined : {});
  };

  it('is declared on every route, in the part of the house where it belongs', () => {
    expect(routes.length).toBeGreaterThan(30);
    for (const { path, access, handler } of routes) {
      const place = path.startsWith('/admin/v1/') ? 'staff' : 'tenant or portal';
      expect({ handler, kind: access?.kind }).toEqual({
        handler,
        kind: expect.stringMatching(place === 'staff' ? /^(staff|public)$/ : /^(tenant|portal|public)$/),
      });
    }
  });

  it('asks for rights that somebody can hold', () => {
    const held = new Set<string>(TENANT_PERMISSIONS);
    const asked = routes.flatMap(({ access }) =>
      access?.kind === 'tenant' && access.permission ? [access.permission] : [],
    );
    expect(asked.filter((permission) => !held.has(permission))).toEqual([]);
  });

  it('is public where people come in, and nowhere else', () => {
    const open = routes
      .filter(({ access }) => access?.kind === 'public')
      .map(({ method, path }) => `${method} ${path}`);
    expect(open).toEqual([
      'POST /admin/v1/sessions',
      'POST /admin/v1/sessions/refresh',
      'GET /callbacks/providers/:token',
      'POST /callbacks/providers/:token',
      'GET /callbacks/providers/:token/inbound',
      'POST /callbacks/providers/:token/inbound',
      'POST /callbacks/telephony/:token',
      'GET /documents/:token',
      'GET /health/live',
      'GET /health/ready',
      'GET /health/startup',
      'POST /v1/invitations/accept',
      'GET /v1/message-states',
      'POST /v1/registrations',
      'POST /v1/registrations/:id/codes',
      'POST /v1/registrations/:id/verify',
      'POST /v1/sessions',
      'POST /v1/sessions/refresh',
    ]);
  });

  it('is refused to nobody in particular on every other route', async () => {
    for (const route of routes.filter(({ access }) => access?.kind !== 'public')) {
      const { status, body } = await call(route);
      expect({ route: route.handler, status, code: body.code }).toEqual({
        route: route.handler,
        status: 401,
        code: 'credentials_required',
      });
    }
  });

  it('to the staff’s routes is closed to owners and to API keys with every scope', async () => {
    const { body } = await app
      .http()
      .post('/v1/api-keys')
      .set(owner)
      .send({ name: 'all', scopes: TENANT_PERMISSIONS })
      .expect(201);
    for (const route of routes.filter(({ access }) => access?.kind === 'staff'))
      for (const auth of [owner, bearer(body.key)]) {
        const answer = await call(route, auth);
        expect({ route: route.handler, status: answer.status, code: answer.body.code }).toEqual({
          route: route.handler,
          status: 403,
          code: 'staff_only',
        });
      }
  });

  it('to the tenants’ routes is closed to the staff', async () => {
    for (const route of routes.filter(({ access }) => access?.kind === 'tenant' || access?.kind === 'portal')) {
      const { status, body } = await call(route, staff);
      expect({ route: route.handler, status, code: body.code }).toEqual({
        route: route.handler,
        status: 403,
        code: 'tenant_only',
      });
    }
  });
});

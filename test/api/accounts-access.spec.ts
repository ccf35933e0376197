import { TENANT_PERMISSIONS } from '../../src/modules/identity/index.js';
import {
  bearer,
  createIdentityApp,
  type IdentityApp,
  registerAndSignIn,
  type SignedIn,
  signInStaff,
} from '../support/identity.js';
import { type Route, routesOf } from '../support/routes.js';

const ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';

describe('Access, by the table of routes', () => {
  let app: IdentityApp;
  let routes: Route[];
  let owner: SignedIn;

  beforeAll(async () => {
    app = await createIdentityApp();
    routes = routesOf(app.app);
    owner = await registerAndSignIn(app);
  });
  afterAll(() => app.close());

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
      'POST /v1/invitations/accept',
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
      .set(owner.auth)
      .send({ name: 'all', scopes: TENANT_PERMISSIONS })
      .expect(201);
    for (const route of routes.filter(({ access }) => access?.kind === 'staff'))
      for (const auth of [owner.auth, bearer(body.key)]) {
        const answer = await call(route, auth);
        expect({ route: route.handler, status: answer.status, code: answer.body.code }).toEqual({
          route: route.handler,
          status: 403,
          code: 'staff_only',
        });
      }
  });

  it('to the tenants’ routes is closed to the staff', async () => {
    const staff = await signInStaff(app);
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

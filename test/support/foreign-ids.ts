import type { TestApp } from './app.js';
import { type Route, routesOf } from './routes.js';

export interface ForeignCase {
  /** Real ids of the other account, for the parameters of the path. */
  params: Record<string, string>;
  /** A body that would be accepted, so that the id is all that can be wrong. */
  body?: object;
  headers?: Record<string, string>;
}

export interface ForeignIds {
  /** Which routes: those whose path begins with one of these. */
  prefixes: string[];
  /** By `METHOD /path/:id`. A route with parameters that is missing here fails the test. */
  cases: Record<string, ForeignCase>;
  /** Headers of a caller of another account, with every right. */
  stranger: Record<string, string>;
  /** Headers of the account that the ids belong to: its GETs must find them, else the test would prove nothing. */
  owner: Record<string, string>;
}

const UNKNOWN_ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';

/**
 * Calls every tenant route that has ids in its path with ids of another account, with unknown ones and with what is no id at all:
 * each time 404 with the same code, so that nobody learns whether something exists elsewhere.
 */
export async function expectForeignIdsUnknown(
  app: TestApp,
  { prefixes, cases, stranger, owner }: ForeignIds,
): Promise<void> {
  const routes = routesOf(app.app).filter(
    ({ path, params, access }) =>
      params.length > 0 && access?.kind === 'tenant' && prefixes.some((prefix) => path.startsWith(prefix)),
  );
  const missing = routes.map(nameOf).filter((name) => !(name in cases));
  if (missing.length > 0) throw new Error(`No case for: ${missing.join(', ')}`);
  for (const route of routes) {
    const one = cases[nameOf(route)]!;
    const foreign = await call(app, route, one, stranger);
    const unknown = await call(app, route, { ...one, params: same(route, UNKNOWN_ID) }, stranger);
    const noId = await call(app, route, { ...one, params: same(route, 'no-id') }, stranger);
    const seen = [foreign, unknown, noId].map(({ status }) => status);
    if (seen.some((status) => status !== 404) || foreign.body.code !== unknown.body.code)
      throw new Error(
        `${nameOf(route)} answers foreign, unknown and impossible ids with ${seen.join(', ')} (${foreign.body.code}, ${unknown.body.code})`,
      );
  }
  for (const route of routes.filter(({ method }) => method === 'GET')) {
    const { status } = await call(app, route, cases[nameOf(route)]!, owner);
    if (status !== 200) throw new Error(`${nameOf(route)} answers its own account with ${status}`);
  }
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`;
const same = ({ params }: Route, id: string) => Object.fromEntries(params.map((name) => [name, id]));

async function call(
  app: TestApp,
  route: Route,
  { params, body, headers = {} }: ForeignCase,
  auth: Record<string, string>,
): Promise<{ status: number; body: { code?: string } }> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const http = app.http();
  const request = http[method](path).set({ ...auth, ...headers });
  return body ? request.send(body) : request;
}

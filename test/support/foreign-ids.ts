import type { Response } from 'supertest';
import type { FullApp } from './full-app.js';
import { documentedOperations, fillPath, type Operation } from './operations.js';

export interface ForeignCase {
  /** Real ids of the other account, for the parameters of the path. */
  params?: Record<string, string>;
  /** What makes the request right in everything else, so that the id is all that can be wrong. */
  body?: object;
  headers?: Record<string, string>;
  /** What is asked in place of an unknown and an impossible id, where the parameter is no id. */
  unknown?: string;
}

/** A member of the body or a query parameter that names something of the other account. */
export interface ForeignReference {
  id: string;
  request: (id: string) => { query?: string; body?: object; headers?: Record<string, string> };
}

export interface ForeignIds {
  /** By `METHOD /path/{id}`. An operation with parameters that is missing here fails the test. */
  cases: Record<string, ForeignCase>;
  /** By `METHOD /path /pointer` or `METHOD /path ?parameter`. A reference that is missing here fails the test. */
  references: Record<string, ForeignReference>;
  /** Headers of a caller of another account, with every right. */
  stranger: Record<string, string>;
  /** Headers of the account that the ids belong to: its GETs must find them, else the test would prove nothing. */
  owner: Record<string, string>;
}

const UNKNOWN_ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';

/**
 * Calls every operation for tenants that the document has with ids of another account, with unknown ones and with what is no id at
 * all: in the path each time 404 with the same code, elsewhere the very same answer, so that nobody learns whether something exists
 * elsewhere. Then its owner looks whether everything is still there.
 */
export async function expectForeignIdsUnknown(app: FullApp, ids: ForeignIds): Promise<void> {
  const operations = documentedOperations().filter(({ access }) => access === 'tenant');
  const inPath = operations.filter(({ params }) => params.length > 0);
  const elsewhere = operations.flatMap((operation) =>
    operation.references.map((reference) => ({ operation, name: `${operation.name} ${reference}` })),
  );
  sameNames(
    inPath.map(({ name }) => name),
    ids.cases,
  );
  sameNames(
    elsewhere.map(({ name }) => name),
    ids.references,
  );
  const caller = new ForeignCaller(app, ids);
  const wrong: string[] = [];
  for (const operation of inPath) wrong.push(...(await caller.inPath(operation)));
  for (const { operation, name } of elsewhere) wrong.push(...(await caller.elsewhere(operation, name)));
  for (const operation of inPath.filter(({ method }) => method === 'get'))
    wrong.push(...(await caller.asOwner(operation)));
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}

function sameNames(documented: readonly string[], given: Record<string, unknown>): void {
  const missing = documented.filter((name) => !(name in given));
  if (missing.length > 0) throw new Error(`No case for: ${missing.join(', ')}`);
  const gone = Object.keys(given).filter((name) => !documented.includes(name));
  if (gone.length > 0) throw new Error(`Not in the document any more: ${gone.join(', ')}`);
}

/** Each method answers with what is wrong. */
class ForeignCaller {
  private keys = 0;

  constructor(
    private readonly app: FullApp,
    private readonly ids: ForeignIds,
  ) {}

  async inPath(operation: Operation): Promise<string[]> {
    const one = this.ids.cases[operation.name]!;
    const at = (valueOf: (name: string) => string) =>
      this.call(operation, fillPath(operation.path, valueOf), one, this.ids.stranger);
    const foreign = await at((name) => one.params?.[name] ?? '');
    const unknown = await at(() => one.unknown ?? UNKNOWN_ID);
    const impossible = await at(() => one.unknown ?? 'no-id');
    const answers = [foreign, unknown, impossible];
    if (answers.every(({ status }) => status === 404) && foreign.body.code === unknown.body.code) return [];
    const shown = answers.map(({ status, body }) => `${status} ${body.code}`).join(', ');
    return [`${operation.name} answers foreign, unknown and impossible ids with ${shown}`];
  }

  async elsewhere(operation: Operation, name: string): Promise<string[]> {
    const { id, request } = this.ids.references[name]!;
    const ask = (value: string) => {
      const { query = '', body, headers } = request(value);
      return this.call(operation, operation.path + query, { body, headers }, this.ids.stranger);
    };
    const [foreign, unknown] = [summary(await ask(id)), summary(await ask(UNKNOWN_ID))];
    return foreign === unknown ? [] : [`${name} answers a foreign id with ${foreign}, an unknown one with ${unknown}`];
  }

  async asOwner(operation: Operation): Promise<string[]> {
    const one = this.ids.cases[operation.name]!;
    const path = fillPath(operation.path, (name) => one.params?.[name] ?? '');
    const { status } = await this.call(operation, path, one, this.ids.owner);
    return status === 200 ? [] : [`${operation.name} answers its own account with ${status}`];
  }

  private call(
    { method }: Operation,
    path: string,
    { body, headers = {} }: Pick<ForeignCase, 'body' | 'headers'>,
    auth: Record<string, string>,
  ): Promise<Response> {
    const http = this.app.http();
    const key = { 'idempotency-key': `foreign-${++this.keys}` };
    const request = http[method](path).set({ ...key, ...auth, ...headers });
    return Promise.resolve(body ? request.send(body) : request);
  }
}

/** What an answer says, apart from what is new each time. */
function summary({ status, body }: Response): string {
  const { code, data, items } = body as {
    code?: string;
    data?: unknown[];
    items?: { status: string; code?: string }[];
  };
  const outcomes = items?.map((item) => item.code ?? item.status);
  return JSON.stringify({ status, code, found: data?.length, outcomes });
}

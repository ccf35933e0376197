import { readFileSync } from 'node:fs';

const DOCUMENT = new URL('../../../openapi/openapi.json', import.meta.url);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** The portal's and the telephony's own ids: whatever they say belongs to the caller. */
const OWN_IDS = ['externalId', 'eventId'];
const MAX_DEPTH = 8;

interface Schema {
  $ref?: string;
  format?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
}

interface DocumentedOperation {
  security: Record<string, unknown>[];
  parameters?: { in: string; name: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface OpenApi {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

/** One operation of the published document. */
export interface Operation {
  /** `GET /v1/users/{id}` */
  name: string;
  method: (typeof METHODS)[number];
  path: string;
  access: 'public' | 'tenant' | 'staff';
  /** Parameters in the path. */
  params: string[];
  /** Query parameters and members of the body that name something by its id: `?payerId`, `/templateId`. */
  references: string[];
}

/** Every operation of `openapi/openapi.json`, which is what portals see: what tests of access are generated from. */
export function documentedOperations(): Operation[] {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as OpenApi;
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [read(document, path, method, operation)] : [];
    }),
  );
}

/** The path with its parameters filled in. */
export function fillPath(path: string, valueOf: (name: string) => string): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(valueOf(name)));
}

function read(
  document: OpenApi,
  path: string,
  method: Operation['method'],
  { security, parameters = [], requestBody }: DocumentedOperation,
): Operation {
  const schemes = security.flatMap((one) => Object.keys(one));
  const query = parameters.filter(({ in: place, name, schema }) => place === 'query' && isReference(name, schema));
  const bodies = Object.values(requestBody?.content ?? {});
  return {
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    access: schemes.includes('staff') ? 'staff' : schemes.includes('tenant') ? 'tenant' : 'public',
    params: parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name),
    references: [
      ...query.map(({ name }) => `?${name}`),
      ...bodies.flatMap(({ schema }) => referencesIn(document, schema, '', 0)),
    ],
  };
}

function referencesIn(document: OpenApi, given: Schema, pointer: string, depth: number): string[] {
  if (depth > MAX_DEPTH) return [];
  const schema = given.$ref ? document.components.schemas[given.$ref.split('/').at(-1)!]! : given;
  const inner = (one: Schema, at: string) => referencesIn(document, one, at, depth + 1);
  return [
    ...[...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((one) =>
      inner(one, pointer),
    ),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, one]) => [
      ...(isReference(name, one) ? [`${pointer}/${name}`] : []),
      ...inner(one, `${pointer}/${name}`),
    ]),
    ...(schema.items ? inner(schema.items, `${pointer}/*`) : []),
  ];
}

function isReference(name: string, schema?: Schema): boolean {
  if (OWN_IDS.includes(name)) return false;
  return /Ids?$/.test(name) || schema?.format === 'uuid' || schema?.items?.format === 'uuid';
}

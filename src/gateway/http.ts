import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import helmet from '@fastify/helmet';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import type { BodyConfig } from './bodies.js';
import { unwrapIdempotentReply } from './idempotency.js';
import { isTooDeep, refusalOf } from './json-body.js';
import { answerProblem } from './problems/problem.filter.js';

/** Largest JSON or form body; uploads are streamed and capped where they are read. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** Content types that a route may take as a stream, see {@link StreamedBody}. */
const STREAMED_TYPES = [
  'text/csv',
  'text/plain',
  'text/xml',
  'application/xml',
  'application/octet-stream',
  'application/pdf',
  'image/jpeg',
  'image/png',
];
/** What a body is taken for where its type does not matter: some peers send JSON as text, forms without a type and worse. */
const UNTYPED = 'application/octet-stream';
const FORM = 'application/x-www-form-urlencoded';

/** @param trustedProxies addresses and ranges whose word about the client's address is taken; Fastify refuses what is none */
export function createHttpAdapter(trustedProxies: string[] = []): FastifyAdapter {
  const adapter = new FastifyAdapter({
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => newId(),
    requestTimeout: 600_000,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 300 },
    // An address that cannot be decoded, or is longer than any of ours: Fastify would answer by itself, in its own format.
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(new DomainError('not_found', 'not_found'), request, reply),
  });
  partWithClientsOnClose(adapter.getInstance());
  return adapter;
}

/**
 * Closing drops the connections that are idle at that moment. Those with a request in flight would be kept alive after their
 * answer, and the process with them; so the answer asks the client to hang up.
 */
function partWithClientsOnClose(fastify: FastifyInstance): void {
  let closing = false;
  fastify.addHook('preClose', async () => {
    closing = true;
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * Security headers, streamed uploads, request ids, answers of idempotent routes. Call once, before `listen` or `init`. Every request
 * passes the hooks: they call back, because a promise each would cost more than what they do.
 */
export async function prepareHttp(app: NestFastifyApplication): Promise<void> {
  await app.register(helmet, {
    global: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        // The product itself speaks HTTP; whoever puts TLS in front adds what belongs to it.
        upgradeInsecureRequests: null,
      },
    },
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  readJsonBodies(app, fastify);
  readForms(app);
  handOverStreams(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (bodyConfig(request).streamed?.length === 0) request.headers['content-type'] = UNTYPED;
    // A NUL in the address is in no value that exists, and PostgreSQL could not even look for it.
    done(request.url.includes('%00') ? new DomainError('not_found', 'not_found') : undefined);
  });
  fastify.addHook('preSerialization', (_request, reply, payload, done) =>
    done(null, unwrapIdempotentReply(reply, payload)),
  );
  fastify.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    // Pages get everything that browsers heed; for data most of it means nothing, and it is not free.
    if (String(reply.getHeader('content-type')).startsWith('text/html')) reply.helmet();
    else reply.header('x-content-type-options', 'nosniff');
    done(null, payload);
  });
}

function readJsonBodies(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error') as JsonParser;
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request, raw, done) => {
    if (isTooDeep(raw)) return done(new DomainError('invalid', 'body_too_deep'));
    parse(request, raw.toString(), (error, body) => done(error ?? refusalOf(raw, body), body));
  });
}

function readForms(app: NestFastifyApplication): void {
  app.useBodyParser(FORM, { bodyLimit: BODY_LIMIT_BYTES }, (request, raw, done) => {
    if (!bodyConfig(request).forms) return done(unsupported());
    const form = raw.toString();
    if (form.includes('%00') || form.includes('\0')) return done(new DomainError('invalid', 'malformed_body'));
    // What stands twice counts the last time; nothing of an object's own is inherited.
    done(null, Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(form))));
  });
}

function handOverStreams(fastify: FastifyInstance): void {
  for (const type of STREAMED_TYPES) {
    fastify.addContentTypeParser(
      type,
      { bodyLimit: Number.MAX_SAFE_INTEGER },
      (request: FastifyRequest, payload: Readable, done: (error: Error | null, body?: Readable) => void) =>
        isStreamed(request, type) ? done(null, payload) : done(unsupported()),
    );
  }
}

function isStreamed(request: FastifyRequest, type: string): boolean {
  const { streamed } = bodyConfig(request);
  return streamed !== undefined && (streamed.length === 0 || streamed.includes(type));
}

function bodyConfig(request: unknown): BodyConfig {
  return ((request as FastifyRequest).routeOptions.config ?? {}) as BodyConfig;
}

const unsupported = (): DomainError => new DomainError('unsupported_media_type', 'unsupported_media_type');

/** As Fastify calls it: the body is read as text, and the answer comes by the callback before it returns. */
type JsonParser = (request: unknown, body: string, done: (error: Error | null, body?: unknown) => void) => void;

/** What was made from the code and is checked against it: a build takes no types and comments along to make it anew. */
const OPENAPI_DOCUMENT = new URL('../../../openapi/openapi.json', import.meta.url);

/** The Swagger UI at `/docs`, and the document beside it. */
export function serveDocs(app: INestApplication): void {
  let document: OpenAPIObject | undefined;
  const read = (): OpenAPIObject => (document ??= JSON.parse(readFileSync(OPENAPI_DOCUMENT, 'utf8')) as OpenAPIObject);
  SwaggerModule.setup('docs', app, read, {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Kabinet API',
  });
}

import type { Readable } from 'node:stream';
import helmet from '@fastify/helmet';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { refusalOf } from './json-body.js';
import { createOpenApiDocument } from './openapi.js';

/** Largest JSON or form body; uploads are streamed and capped where they are read. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** Content types whose bodies reach the handler as a stream (`@Body() body: Readable`), uncapped here. */
export const STREAMED_TYPES = ['text/csv', 'application/x-ndjson', 'application/octet-stream'];

/** @param trustedProxies addresses and ranges whose word about the client's address is taken; Fastify refuses what is none */
export function createHttpAdapter(trustedProxies: string[] = []): FastifyAdapter {
  const adapter = new FastifyAdapter({
    trustProxy: trustedProxies.length > 0 && trustedProxies,
    bodyLimit: BODY_LIMIT_BYTES,
    genReqId: () => newId(),
    requestTimeout: 600_000,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 300 },
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
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

/** Security headers, streamed uploads, request ids. Call once, before `listen` or `init`. */
export async function prepareHttp(app: NestFastifyApplication): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
      },
    },
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  readJsonBodies(app, fastify);
  for (const type of STREAMED_TYPES) {
    fastify.addContentTypeParser(
      type,
      { bodyLimit: Number.MAX_SAFE_INTEGER },
      (_request: unknown, payload: Readable, done: (error: null, body: Readable) => void) => done(null, payload),
    );
  }
  // A NUL in the address is in no value that exists, and PostgreSQL could not even look for it.
  fastify.addHook('onRequest', async (request) => {
    if (request.url.includes('%00')) throw new DomainError('not_found', 'not_found');
  });
  fastify.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
}

function readJsonBodies(app: NestFastifyApplication, fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error') as JsonParser;
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request, raw, done) =>
    parse(request, raw.toString(), (error, body) => done(error ?? refusalOf(raw, body), body)),
  );
}

/** As Fastify calls it: the body is read as text, and the answer comes by the callback before it returns. */
type JsonParser = (request: unknown, body: string, done: (error: Error | null, body?: unknown) => void) => void;

/** The Swagger UI at `/docs`, and the document beside it. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: 'Kabinet API',
  });
}

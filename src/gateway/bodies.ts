import type { Readable } from 'node:stream';
import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import { DomainError } from '../kernel/domain-error.js';

/** What a route reads besides JSON; kept in Fastify's route config, where the body parsers look it up. */
export interface BodyConfig {
  /** Content types whose body reaches the handler as a stream; none: whatever it claims to be. */
  streamed?: readonly string[];
  /** Fields of a form are taken like those of a JSON object. */
  forms?: boolean;
}

/**
 * The bodies of a route, of the content types given or of any, arrive as a stream (`request.body` is a `Readable`) and are capped where they are read; other content types
 * are refused. No `@Body()` there: validation would take the stream apart.
 */
export function StreamedBody(...types: string[]): MethodDecorator {
  const consumes = types.length > 0 ? [ApiConsumes(...types)] : [];
  return applyDecorators(RouteConfig({ streamed: types } satisfies BodyConfig), ...consumes);
}

/** The body of such a route. Refuses one that is of another type, such as JSON. */
export function streamOf({ body }: { body?: unknown }): Readable {
  if (typeof body === 'object' && body !== null && 'pipe' in body && typeof body.pipe === 'function')
    return body as Readable;
  throw new DomainError('unsupported_media_type', 'unsupported_media_type');
}

/**
 * Lets the rest of a refused upload run out, so that the client reads the answer instead of a reset connection; somebody who goes
 * on for ever is cut off.
 */
export function discardRest(body: Readable, maxBytes: number): void {
  let bytes = 0;
  body.unpipe();
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) body.destroy();
  });
  body.on('error', () => undefined);
  body.resume();
}

/** The route takes HTML forms (`application/x-www-form-urlencoded`) as well as JSON. */
export function FormsToo(): MethodDecorator {
  return applyDecorators(
    RouteConfig({ forms: true } satisfies BodyConfig),
    ApiConsumes('application/json', 'application/x-www-form-urlencoded'),
  );
}

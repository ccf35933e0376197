import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';

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

/** The route takes HTML forms (`application/x-www-form-urlencoded`) as well as JSON. */
export function FormsToo(): MethodDecorator {
  return applyDecorators(
    RouteConfig({ forms: true } satisfies BodyConfig),
    ApiConsumes('application/json', 'application/x-www-form-urlencoded'),
  );
}

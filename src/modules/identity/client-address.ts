import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { GatewayRequest } from '../../gateway/index.js';

/** The address that a request came from, as Fastify tells it (behind a proxy: if the proxy is trusted). */
export const ClientAddress = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => context.switchToHttp().getRequest<GatewayRequest>().ip,
);

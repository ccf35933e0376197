import type { IncomingMessage, ServerResponse } from 'node:http';

/** What every body is taken for here. */
export const UNTYPED = 'application/octet-stream';

/**
 * Middleware: hands bodies to the handler as a stream, whatever type they claim to have. Providers send JSON as text, forms
 * without a type and worse, and signatures are made over the very bytes.
 */
export function untypedBody(request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  request.headers['content-type'] = UNTYPED;
  next();
}

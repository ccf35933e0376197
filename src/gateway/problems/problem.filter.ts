import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DomainError, type ErrorKind } from '../../kernel/domain-error.js';
import { negotiateLocale, type Locale } from '../locale.js';
import type { GatewayRequest } from '../principal.js';
import './gateway-problems.js';
import './kernel-problems.js';
import { problemText } from './problem-texts.js';

const STATUS: Record<ErrorKind, number> = {
  invalid: 422,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  precondition_required: 428,
  too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
};

/** What cannot even be parsed is 400, although its kind is `invalid`. */
const MALFORMED = new Set(['malformed_body', 'idempotency_key_required', 'invalid_cursor']);

/** Errors of Fastify itself, before a handler was reached; Nest hands them on as HTTP exceptions. */
const BEFORE_THE_HANDLER: Record<number, DomainError> = {
  404: new DomainError('not_found', 'not_found'),
  413: new DomainError('too_large', 'body_too_large'),
  415: new DomainError('unsupported_media_type', 'unsupported_media_type'),
};

/** SQLSTATEs of a database that is busy or away: the caller may simply try again. */
const TRY_AGAIN = /^(40001|40P01|55P03|57014|57P0[123]|53\d{3}|08\w{3}|25P03)$/;

/** Every error leaves as RFC 9457 problem+json with a stable `code` and a text in the caller's language. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('gateway');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<GatewayRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    answerProblem(this.asDomainError(error, request), request, reply);
  }

  private asDomainError(error: unknown, request: GatewayRequest): DomainError {
    if (error instanceof DomainError) return error;
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    const status = httpStatus(error);
    if (status < 500) return BEFORE_THE_HANDLER[status] ?? new DomainError('invalid', 'malformed_body');
    if (TRY_AGAIN.test(code) || code === 'ECONNREFUSED') {
      this.logger.warn({ requestId: request.id, sqlState: code, msg: 'the database asked to try again' });
      return new DomainError('unavailable', 'unavailable', { retryAfterSeconds: 1 });
    }
    this.logger.error({ requestId: request.id, method: request.method, route: request.routeOptions?.url, err: error });
    return new DomainError('unavailable', 'internal_error');
  }
}

/** Answers a refusal as problem+json, in the language of the caller. */
export function answerProblem(refusal: DomainError, request: GatewayRequest, reply: FastifyReply): void {
  const locale = request.locale ?? negotiateLocale(request.headers['accept-language']);
  const status = MALFORMED.has(refusal.code) ? 400 : refusal.code === 'internal_error' ? 500 : STATUS[refusal.kind];
  if (refusal.details.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(Math.ceil(refusal.details.retryAfterSeconds)));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply
    .status(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(toProblem(refusal, status, locale, request)));
}

function httpStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

function toProblem(
  error: DomainError,
  status: number,
  locale: Locale,
  request: GatewayRequest,
): Record<string, unknown> {
  const { errors, extension, params } = error.details;
  return {
    ...extension,
    type: `urn:kabinet:problem:${error.code}`,
    title: problemText(error.code, locale, params),
    status,
    code: error.code,
    instance: request.url.split('?')[0],
    requestId: request.id,
    ...(errors && {
      errors: errors.map(({ pointer, code, params: fieldParams }) => ({
        pointer,
        code,
        detail: problemText(code, locale, fieldParams),
        ...(fieldParams && { params: fieldParams }),
      })),
    }),
  };
}

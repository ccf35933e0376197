import { applyDecorators, type INestApplication, type Type } from '@nestjs/common';
import {
  ApiExtension,
  ApiHeader,
  ApiProperty,
  ApiPropertyOptional,
  DocumentBuilder,
  getSchemaPath,
  type OpenAPIObject,
  SwaggerModule,
} from '@nestjs/swagger';

export class FieldProblemDto {
  @ApiProperty({ example: '/items/3/to', description: 'JSON pointer to the field.' })
  pointer: string;

  @ApiProperty({ example: 'invalid_number' })
  code: string;

  @ApiProperty({ example: 'Not a phone number' })
  detail: string;
}

/** RFC 9457. `code` is stable; `title` is in the caller's language. */
export class ProblemDto {
  @ApiProperty({ example: 'urn:kabinet:problem:validation_failed' })
  type: string;

  @ApiProperty({ example: 'Some fields are not acceptable' })
  title: string;

  @ApiProperty({ type: 'integer', example: 422 })
  status: number;

  @ApiProperty({ example: 'validation_failed' })
  code: string;

  @ApiProperty({ example: '/v1/messages' })
  instance: string;

  @ApiProperty({ example: '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10' })
  requestId: string;

  @ApiPropertyOptional({ type: [FieldProblemDto] })
  errors?: FieldProblemDto[];
}

const MEANING: Record<number, string> = {
  400: 'The request cannot be read',
  401: 'Credentials are missing or do not hold',
  402: 'Not enough funds',
  403: 'The right is missing',
  404: 'There is no such thing in this account',
  409: 'In conflict with the present state, or the same idempotency key is running',
  412: 'It was changed meanwhile',
  413: 'The body is larger than allowed',
  415: 'The content type is not accepted',
  422: 'Fields are not acceptable; `errors` names them',
  428: 'If-Match is missing',
  429: 'Too many; `Retry-After` says when to try again',
  503: 'Temporarily unavailable',
};

const PROBLEMS = 'x-problems-';

/**
 * Documents the problems an operation can answer with. Those of missing credentials and of JSON bodies are added by themselves. They
 * travel as an extension until the document is made: a response that is declared would keep the success from being inferred.
 */
export const ApiProblems = (...statuses: number[]): MethodDecorator =>
  ApiExtension(`${PROBLEMS}${statuses.join('-')}`, statuses);

/** Documents the required `Idempotency-Key` header. */
export const ApiIdempotent = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: '1 to 255 characters. The same key with the same body answers the same; with another body 422.',
      example: '6f1a2b…',
    }),
    ApiProblems(400, 409, 422),
  );

/** Documents the required `If-Match` header. */
export const ApiIfMatch = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({ name: 'If-Match', required: true, description: 'The ETag that was read.', example: '"v1"' }),
    ApiProblems(412, 428),
  );

interface DocumentedWebhook {
  summary: string;
  description: string;
  operationId: string;
  /** A DTO; the body of the request. */
  payload: Type;
}

const webhooks = new Map<string, DocumentedWebhook>();

/** Documents a request that we make: modules say what they send beside what they take. */
export function documentWebhook(name: string, webhook: DocumentedWebhook): void {
  webhooks.set(name, webhook);
}

/** The OpenAPI 3.1 document of an application, the same with or without a database. */
export function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Kabinet')
    .setDescription(
      'Backend of prepaid SMS cabinets: wallets, invoices, templates, campaigns and missed-call apologies.',
    )
    .setVersion('1')
    .setLicense('Proprietary', 'https://example.org/licence')
    .addServer('/')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'Access token of a user, or an API key of a portal.' },
      'tenant',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Access token of the operator’s staff.' }, 'staff')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ProblemDto, ...[...webhooks.values()].map(({ payload }) => payload)],
    operationIdFactory: (_controller: string, method: string) => method,
  });
  for (const item of Object.values(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) describeProblems(operation);
  }
  return Object.assign(document, { webhooks: describeWebhooks() });
}

const SIGNED_BY = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

function describeWebhooks(): Record<string, object> {
  const parameters = SIGNED_BY.map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } }));
  const responses = { '2XX': { description: 'Taken' }, default: { description: 'Not taken: it is tried again' } };
  return Object.fromEntries(
    [...webhooks].map(([name, { payload, ...texts }]) => {
      const content = { 'application/json': { schema: { $ref: getSchemaPath(payload) } } };
      return [
        name,
        { post: { ...texts, security: [], parameters, requestBody: { required: true, content }, responses } },
      ];
    }),
  );
}

type Operation = Record<string, unknown> & {
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, unknown>;
  security?: unknown[];
};

/** What the gateway itself refuses a JSON body with: unreadable, too large, of another type, not as its schema says. */
const JSON_BODY_PROBLEMS = [400, 413, 415, 422];

function describeProblems(operation: Operation): void {
  const statuses = operation.security?.length ? [401, 403] : [];
  if (operation.requestBody && 'application/json' in operation.requestBody.content)
    statuses.push(...JSON_BODY_PROBLEMS);
  operation.security ??= [];
  for (const key of Object.keys(operation).filter((name) => name.startsWith(PROBLEMS))) {
    statuses.push(...(operation[key] as number[]));
    delete operation[key];
  }
  for (const status of statuses.toSorted((a, b) => a - b)) operation.responses[status] ??= problemResponse(status);
}

function problemResponse(status: number): object {
  const schema = { $ref: '#/components/schemas/ProblemDto' };
  return { description: MEANING[status] ?? 'Refused', content: { 'application/problem+json': { schema } } };
}

import type { Readable } from 'node:stream';
import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Env } from '../../../config/env.js';
import { ApiProblems, Public, StreamedBody } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { InboundInbox } from '../inbound-inbox.js';
import { ReportInbox } from '../report-inbox.js';
import type { ProviderCall } from '../http/call-reader.js';
import type { ReportSettings } from '../http/http-settings.js';
import { AppendQueue } from './append-queue.js';
import { CallbackBook } from './callback-book.js';
import { CALLBACK_PATH } from './callback-url.js';

/** Far above any batch of reports, far below what could hurt. */
const BODY_LIMIT = 512 * 1_024;
/** What is too large is read to its end so far, and thrown away: then the connection can be used again. */
const DISCARD_LIMIT = 4 * 1_048_576;

/** Where providers over HTTP report, and tell of messages from phones. What is answered with success is stored; what is not is theirs to repeat. */
@ApiTags('callbacks')
@Controller(CALLBACK_PATH)
export class CallbacksController {
  private readonly queue: AppendQueue;

  constructor(
    private readonly book: CallbackBook,
    private readonly env: Env,
    private readonly clock: Clock,
    private readonly inbound: InboundInbox,
    inbox: ReportInbox,
  ) {
    this.queue = new AppendQueue(inbox, () => clock.now());
  }

  @Post(':token')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Delivery reports of a provider, in its own format', operationId: 'receiveReports' })
  @ApiOkResponse({
    description: 'Stored; the provider’s own word for it.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'OK' } },
  })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @StreamedBody()
  @ApiProblems(401, 404, 413, 422, 503)
  async post(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.receive(token, request, await readBody(request.body, reply), reply);
  }

  @Get(':token')
  @Public()
  @ApiOperation({ summary: 'A delivery report of a provider, in the query', operationId: 'receiveReport' })
  @ApiOkResponse({
    description: 'Stored; the provider’s own word for it.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'OK' } },
  })
  @ApiProblems(401, 404, 422, 503)
  async get(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.receive(token, request, '', reply);
  }

  @Post(':token/inbound')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Messages from phones, in the format of a provider', operationId: 'receiveInbound' })
  @ApiOkResponse({
    description: 'Stored; the provider’s own word for it.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'OK' } },
  })
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded')
  @StreamedBody()
  @ApiProblems(401, 404, 413, 422, 503)
  async postInbound(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.receiveInbound(token, request, await readBody(request.body, reply), reply);
  }

  @Get(':token/inbound')
  @Public()
  @ApiOperation({ summary: 'A message from a phone, in the query', operationId: 'receiveInboundMessage' })
  @ApiOkResponse({
    description: 'Stored; the provider’s own word for it.',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'OK' } },
  })
  @ApiProblems(401, 404, 422, 503)
  async getInbound(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.receiveInbound(token, request, '', reply);
  }

  private async receive(token: string, request: FastifyRequest, body: string, reply: FastifyReply): Promise<string> {
    const owner = await this.book.find(token);
    if (!owner?.reports) throw new DomainError('not_found', 'callback_not_found');
    const { reader, answer } = owner.reports;
    const { reports, unreadable } = reader.read(this.callOf(request, body), this.clock.now());
    if (reports.length > 0) {
      await this.queue.append(reports.map((report) => ({ ...report, providerId: owner.providerId })));
    }
    refuseUnreadable(unreadable);
    return say(reply, answer);
  }

  private async receiveInbound(
    token: string,
    request: FastifyRequest,
    body: string,
    reply: FastifyReply,
  ): Promise<string> {
    const owner = await this.book.find(token);
    if (!owner?.inbound) throw new DomainError('not_found', 'callback_not_found');
    const { reader, answer } = owner.inbound;
    const now = this.clock.now();
    const { messages, unreadable } = reader.read(this.callOf(request, body), now);
    await this.inbound.append(
      messages.map((message) => ({ ...message, providerId: owner.providerId })),
      now,
    );
    refuseUnreadable(unreadable);
    return say(reply, answer);
  }

  private callOf({ url, headers }: FastifyRequest, body: string): ProviderCall {
    return { url: this.env.PUBLIC_URL.replace(/\/+$/, '') + url, headers, body };
  }
}

/** The readable ones are stored by now, and storing them again when the call is repeated does no harm. */
function refuseUnreadable(unreadable: readonly number[]): void {
  if (unreadable.length === 0) return;
  const errors = unreadable.slice(0, 20).map((index) => ({ pointer: `/${index}`, code: 'report_unreadable' }));
  throw new DomainError('invalid', 'report_unreadable', { errors });
}

function say(reply: FastifyReply, { status, contentType, body }: ReportSettings['answer']): string {
  reply.status(status).header('content-type', contentType);
  return body;
}

/**
 * The body as it came: it may be signed, and its type may be anything. An answer in the middle of a body would leave its rest in
 * the connection, where the next request of the same client would wait behind it; so it is read to its end, or the connection
 * is closed with the answer.
 */
async function readBody(stream: unknown, reply: FastifyReply): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body = (stream as Readable | undefined)?.iterator({ destroyOnReturn: false }) ?? [];
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size <= BODY_LIMIT) chunks.push(chunk as Buffer);
    else if (size > DISCARD_LIMIT) {
      reply.header('connection', 'close');
      break;
    }
  }
  if (size > BODY_LIMIT) throw new DomainError('too_large', 'body_too_large');
  return Buffer.concat(chunks).toString('utf8');
}

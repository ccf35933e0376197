import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiIdempotent,
  ApiProblems,
  CurrentAccount,
  CurrentLocale,
  Idempotency,
  type IdempotencyClaim,
  IdempotentReply,
  IdParam,
  type Locale,
  Public,
  RequirePermission,
  type StoredAnswer,
} from '../../gateway/index.js';
import type { DomainError } from '../../kernel/domain-error.js';
import { formatMicros } from '../../kernel/money.js';
import { MessageCanceller } from './actions/cancel-messages.js';
import { type AcceptResult } from './domain/accept-request.js';
import { MESSAGE_STATES } from './domain/message.js';
import { STATE_MEANINGS } from './domain/state-meanings.js';
import { FINAL_STATES } from './domain/transitions.js';
import {
  ListMessagesQuery,
  MessageDetailResponse,
  MessagePage,
  MessageStateDto,
  SendMessagesDto,
  SendResponse,
  SentItemDto,
} from './dto/message.dto.js';
import { readSendRequest } from './dto/send-request.js';
import { MessageReads } from './message-reads.js';
import { nothingAccepted } from './messages.errors.js';
import { MessagesService } from './messages.service.js';

/** What is stored for a key: the items, and what the wallet lacked when nothing at all could be accepted. */
interface StoredSend extends SendResponse {
  shortfall?: { amount: string; currency: string };
}

@ApiTags('messages')
@Controller('v1')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly reads: MessageReads,
    private readonly canceller: MessageCanceller,
  ) {}

  @Post('messages')
  @RequirePermission('messages:send')
  @ApiOperation({
    summary: 'Send to one or up to 1,000 recipients; every refused one is a row with its reason',
    operationId: 'sendMessages',
  })
  @ApiBody({ type: SendMessagesDto })
  @ApiAcceptedResponse({ type: SendResponse })
  @ApiIdempotent()
  @ApiProblems(402, 503)
  async send(
    @CurrentAccount() accountId: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: Record<string, unknown>,
  ): Promise<IdempotentReply<SendResponse>> {
    const { answer, replayed } = await this.messages.acceptOnce(readSendRequest(accountId, body), claim, toAnswer);
    if (answer.status !== 202) throw refusalOf(answer);
    return new IdempotentReply(answer, replayed);
  }

  @Get('messages')
  @RequirePermission('messages:read')
  @ApiOperation({ summary: 'Messages, newest first, with state and cost', operationId: 'listMessages' })
  @ApiOkResponse({ type: MessagePage })
  @ApiProblems(400, 422)
  list(@CurrentAccount() accountId: string, @Query() query: ListMessagesQuery): Promise<MessagePage> {
    return this.reads.list(accountId, query);
  }

  @Get('messages/:id')
  @RequirePermission('messages:read')
  @ApiOperation({ summary: 'One message with its attempts, parts and delivery reports', operationId: 'getMessage' })
  @ApiOkResponse({ type: MessageDetailResponse })
  @ApiProblems(404)
  get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<MessageDetailResponse> {
    return this.reads.get(accountId, id);
  }

  @Post('messages/:id/cancel')
  @HttpCode(200)
  @RequirePermission('messages:send')
  @ApiOperation({ summary: 'Stop a message that has not left; its price goes back', operationId: 'cancelMessage' })
  @ApiOkResponse({ type: MessageDetailResponse })
  @ApiProblems(404, 409)
  async cancel(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<MessageDetailResponse> {
    await this.canceller.cancel(accountId, id);
    return this.reads.get(accountId, id);
  }

  @Get('message-states')
  @Public()
  @ApiOperation({ summary: 'What every state means, in the caller’s language', operationId: 'listMessageStates' })
  @ApiOkResponse({ type: [MessageStateDto] })
  states(@CurrentLocale() locale: Locale): MessageStateDto[] {
    return MESSAGE_STATES.map((state) => {
      const [title, meaning] = STATE_MEANINGS[state][locale];
      return { state, title, meaning, final: FINAL_STATES.includes(state) };
    });
  }
}

function refusalOf({ json }: StoredAnswer): DomainError {
  const { items, shortfall } = JSON.parse(json) as StoredSend;
  return nothingAccepted(items, shortfall);
}

/** 202 when anything was accepted; else 402 when money was what lacked, 422 otherwise. Written with the rows, so a replay says the same. */
function toAnswer({ items, accepted, shortfall }: AcceptResult): StoredAnswer {
  const send: StoredSend = { items: items.map(SentItemDto.of) };
  if (accepted > 0) return { status: 202, json: JSON.stringify(send) };
  if (shortfall) send.shortfall = { amount: formatMicros(shortfall.micros), currency: shortfall.currency };
  return { status: shortfall ? 402 : 422, json: JSON.stringify(send) };
}

import { createHash, randomBytes } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Env } from '../../config/env.js';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  FormsToo,
  type Principal,
  Public,
  RequirePermission,
} from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { parseMsisdn } from '../../kernel/msisdn.js';
import { AccountAudit, AccountsService } from '../accounts/index.js';
import { AnswerCallAction } from './actions/answer-call.js';
import { DEFAULT_MAPPING } from './domain/call-event.js';
import {
  CallbackResponse,
  CallMappingDto,
  CallPage,
  CallReceiptResponse,
  CallResponse,
  ListCallsQuery,
} from './dto/call.dto.js';
import { callbackUnknown } from './missed-calls.errors.js';
import { findCallback, storeCallback } from './persistence/callbacks.js';
import { listCalls } from './persistence/calls.js';

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Calls as telephony reports them, and what became of each. */
@ApiTags('missed calls')
@Controller()
export class CallsController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly env: Env,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly answer: AnswerCallAction,
  ) {}

  @Put('v1/telephony-callback')
  @RequirePermission('missed-calls:write')
  @ApiOperation({
    summary: 'Set how telephony reports calls, and get a new secret address for it',
    operationId: 'setTelephonyCallback',
  })
  @ApiOkResponse({ type: CallbackResponse })
  @ApiProblems(422)
  async setCallback(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Body() body: CallMappingDto,
  ): Promise<CallbackResponse> {
    const token = randomBytes(24).toString('base64url');
    const mapping = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    await this.database.transaction(async (tx) => {
      await storeCallback(tx, accountId, hash(token), mapping, this.clock.now());
      await this.audit.record(tx, {
        accountId,
        actor: actorOf(principal),
        action: 'telephony_callback.set',
        subject: `account:${accountId}`,
      });
    });
    return {
      url: `${this.env.PUBLIC_URL.replace(/\/$/, '')}/callbacks/telephony/${token}`,
      mapping: { ...DEFAULT_MAPPING, ...mapping },
    };
  }

  @Post('callbacks/telephony/:token')
  @HttpCode(200)
  @Public()
  @FormsToo()
  @ApiOperation({
    summary: 'A call event from telephony; the same event twice counts once',
    operationId: 'receiveCallEvent',
  })
  @ApiBody({
    schema: {
      type: 'object',
      additionalProperties: true,
      example: {
        eventId: '17',
        direction: 'inbound',
        outcome: 'lost',
        caller: '+79161234567',
        virtualNumber: '+74951234567',
      },
    },
  })
  @ApiOkResponse({ type: CallReceiptResponse })
  @ApiProblems(400, 404, 422)
  async receive(@Param('token') token: string, @Body() payload: Record<string, unknown>): Promise<CallReceiptResponse> {
    const callback = await findCallback(this.database, hash(token));
    if (!callback) throw callbackUnknown();
    return this.answer.run(callback.accountId, payload, callback.mapping);
  }

  @Get('v1/calls')
  @RequirePermission('missed-calls:read')
  @ApiOperation({
    summary: 'Call events, newest first, with their apology or the reason why there was none',
    operationId: 'listCalls',
  })
  @ApiOkResponse({ type: CallPage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListCallsQuery): Promise<CallPage> {
    const rows = await listCalls(
      this.database,
      accountId,
      decodeIdCursor(query.cursor),
      query.result ?? null,
      await this.digits(accountId, query.caller),
      query.limit + 1,
    );
    return toPage(rows, query.limit, (row) => [row.id], CallResponse.of);
  }

  private async digits(accountId: string, caller: string | undefined): Promise<string | null> {
    if (caller === undefined) return null;
    const read = parseMsisdn(caller, (await this.accounts.get(accountId)).country);
    return read.ok ? read.digits : caller.replace(/\D/g, '');
  }
}

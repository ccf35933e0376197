import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  IdParam,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { ChooseDefault } from './actions/choose-default.js';
import { MoveSender } from './actions/move-sender.js';
import { RequestSender } from './actions/request-sender.js';
import {
  ChooseDefaultDto,
  DefaultSenderResponse,
  ListSendersQuery,
  RequestSenderDto,
  SenderPage,
  SenderResponse,
} from './dto/sender.dto.js';
import { SendersRepository } from './persistence/senders.repository.js';
import { senderNotFound } from './senders.errors.js';

@ApiTags('senders')
@Controller('v1')
export class SendersController {
  constructor(
    private readonly repository: SendersRepository,
    private readonly requestSender: RequestSender,
    private readonly moveSender: MoveSender,
    private readonly chooseDefault: ChooseDefault,
  ) {}

  @Get('senders')
  @RequirePermission('senders:read')
  @ApiOperation({
    summary: 'Senders that were asked for and what became of them, newest first',
    operationId: 'listSenders',
  })
  @ApiOkResponse({ type: SenderPage })
  @ApiProblems(400, 422)
  async list(
    @CurrentAccount() accountId: string,
    @Query() { cursor, limit, status }: ListSendersQuery,
  ): Promise<SenderPage> {
    const rows = await this.repository.list({ accountId, status: status ?? null }, decodeIdCursor(cursor), limit);
    return toPage(rows, limit, ({ id }) => [id], SenderResponse.of);
  }

  @Post('senders')
  @RequirePermission('senders:write')
  @ApiOperation({ summary: 'Ask for a sender name, number or short code', operationId: 'requestSender' })
  @ApiCreatedResponse({ type: SenderResponse })
  @ApiProblems(409, 422)
  async request(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: RequestSenderDto,
  ): Promise<SenderResponse> {
    return SenderResponse.of(await this.requestSender.run(accountId, actorOf(principal), body));
  }

  @Get('senders/:id')
  @RequirePermission('senders:read')
  @ApiOperation({ summary: 'One sender', operationId: 'getSender' })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<SenderResponse> {
    const row = await this.repository.find(accountId, id);
    if (!row) throw senderNotFound();
    return SenderResponse.of(row);
  }

  @Post('senders/:id/withdraw')
  @HttpCode(200)
  @RequirePermission('senders:write')
  @ApiOperation({
    summary: 'Give a sender up',
    description:
      'Where it is the default and approved nowhere else, the platform’s standard sender is the default again.',
    operationId: 'withdrawSender',
  })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404, 409)
  async withdraw(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
  ): Promise<SenderResponse> {
    return SenderResponse.of(await this.moveSender.run(accountId, id, 'withdrawn', { actor: actorOf(principal) }));
  }

  @Put('account/default-sender')
  @RequirePermission('senders:write')
  @ApiOperation({
    summary: 'Choose the sender of messages that name none, among those approved',
    operationId: 'chooseDefaultSender',
  })
  @ApiOkResponse({ type: DefaultSenderResponse })
  @ApiProblems(404, 409, 422)
  async choose(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { senderId }: ChooseDefaultDto,
  ): Promise<DefaultSenderResponse> {
    return { sender: await this.chooseDefault.run(accountId, actorOf(principal), senderId) };
  }
}

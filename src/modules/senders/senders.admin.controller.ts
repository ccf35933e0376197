import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { actorOf, ApiProblems, CurrentPrincipal, IdParam, type Principal, Staff } from '../../gateway/index.js';
import { FixSender } from './actions/fix-sender.js';
import { MoveSender } from './actions/move-sender.js';
import { PaceSender } from './actions/pace-sender.js';
import {
  FixedSenderPage,
  FixedSenderResponse,
  FixSenderDto,
  ListAnySendersQuery,
  SenderPage,
  SenderRateDto,
  SenderReasonDto,
  SenderResponse,
} from './dto/sender.dto.js';
import { SendersRepository } from './persistence/senders.repository.js';

@ApiTags('senders (staff)')
@Controller('admin/v1')
export class SendersAdminController {
  constructor(
    private readonly repository: SendersRepository,
    private readonly moveSender: MoveSender,
    private readonly fixSender: FixSender,
    private readonly paceSender: PaceSender,
  ) {}

  @Get('senders')
  @Staff('senders:read')
  @ApiOperation({ summary: 'Senders of all accounts, newest first', operationId: 'listAnySenders' })
  @ApiOkResponse({ type: SenderPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, accountId, status }: ListAnySendersQuery): Promise<SenderPage> {
    const filter = { accountId: accountId ?? null, status: status ?? null };
    const rows = await this.repository.list(filter, decodeIdCursor(cursor), limit);
    return toPage(rows, limit, ({ id }) => [id], SenderResponse.of);
  }

  @Post('accounts/:accountId/senders/:id/approve')
  @HttpCode(200)
  @Staff('senders:write')
  @ApiOperation({ summary: 'Let the account show this sender from now on', operationId: 'approveSender' })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404, 409)
  async approve(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SenderResponse> {
    return SenderResponse.of(await this.moveSender.run(accountId, id, 'approved', { actor: actorOf(principal) }));
  }

  @Post('accounts/:accountId/senders/:id/refuse')
  @HttpCode(200)
  @Staff('senders:write')
  @ApiOperation({ summary: 'Refuse a sender that was asked for', operationId: 'refuseSender' })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404, 409, 422)
  async refuse(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { reason }: SenderReasonDto,
  ): Promise<SenderResponse> {
    const by = { actor: actorOf(principal), reason };
    return SenderResponse.of(await this.moveSender.run(accountId, id, 'refused', by));
  }

  @Post('accounts/:accountId/senders/:id/revoke')
  @HttpCode(200)
  @Staff('senders:write')
  @ApiOperation({
    summary: 'Take an approved sender away',
    description: 'What is queued under it still leaves. Where it was the default, the standard sender is.',
    operationId: 'revokeSender',
  })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404, 409, 422)
  async revoke(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { reason }: SenderReasonDto,
  ): Promise<SenderResponse> {
    const by = { actor: actorOf(principal), reason };
    return SenderResponse.of(await this.moveSender.run(accountId, id, 'revoked', by));
  }

  @Put('accounts/:accountId/senders/:id/rate')
  @Staff('senders:write')
  @ApiOperation({
    summary: 'Say how much may leave under this sender in a second',
    description:
      'To the country of the entry, or to all that have no rate of their own. Kept for the name: it stays when the sender is revoked and asked for again. Holds for what is queued already, within seconds.',
    operationId: 'paceSender',
  })
  @ApiOkResponse({ type: SenderResponse })
  @ApiProblems(404, 422)
  async pace(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { ratePerSecond }: SenderRateDto,
  ): Promise<SenderResponse> {
    return SenderResponse.of(await this.paceSender.run(accountId, id, actorOf(principal), ratePerSecond));
  }

  @Get('fixed-senders')
  @Staff('senders:read')
  @ApiOperation({ summary: 'Kinds of traffic whose sender the platform fixes', operationId: 'listFixedSenders' })
  @ApiOkResponse({ type: FixedSenderPage })
  async listFixed(): Promise<FixedSenderPage> {
    return { data: (await this.fixSender.list()).map(FixedSenderResponse.of), nextCursor: null };
  }

  @Put('fixed-senders/:source')
  @Staff('senders:write')
  @ApiOperation({ summary: 'Fix the sender of a kind of traffic, whatever callers ask for', operationId: 'fixSender' })
  @ApiOkResponse({ type: FixedSenderResponse })
  @ApiProblems(404, 422)
  async fix(
    @Param('source') source: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { sender }: FixSenderDto,
  ): Promise<FixedSenderResponse> {
    return FixedSenderResponse.of(await this.fixSender.fix(actorOf(principal), source, sender));
  }

  @Put('fixed-senders/:source/rate')
  @Staff('senders:write')
  @ApiOperation({
    summary: 'Say how much of a kind of traffic with a fixed sender may leave in a second, of all accounts together',
    operationId: 'paceFixedSender',
  })
  @ApiOkResponse({ type: FixedSenderResponse })
  @ApiProblems(404, 422)
  async paceFixed(
    @Param('source') source: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { ratePerSecond }: SenderRateDto,
  ): Promise<FixedSenderResponse> {
    return FixedSenderResponse.of(await this.fixSender.pace(actorOf(principal), source, ratePerSecond));
  }

  @Delete('fixed-senders/:source')
  @HttpCode(204)
  @Staff('senders:write')
  @ApiOperation({ summary: 'Let callers choose the sender of a kind of traffic', operationId: 'releaseSender' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async release(@Param('source') source: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.fixSender.release(actorOf(principal), source);
  }
}

import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { actorOf, ApiProblems, CurrentPrincipal, IdParam, type Principal, Staff } from '../../gateway/index.js';
import { SendCaps } from './actions/send-caps.js';
import { ListSendCapsQuery, SendCapPage, SendCapResponse, SetSendCapDto } from './dto/send-cap.dto.js';

@ApiTags('send caps')
@Controller('admin/v1/send-caps')
export class SendCapsAdminController {
  constructor(private readonly caps: SendCaps) {}

  @Get()
  @Staff('messages:read')
  @ApiOperation({ summary: 'How many messages a day accounts may send, by country', operationId: 'listSendCaps' })
  @ApiOkResponse({ type: SendCapPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, accountId }: ListSendCapsQuery): Promise<SendCapPage> {
    const rows = await this.caps.list(accountId ?? null, decodeIdCursor(cursor), limit);
    return toPage(rows, limit, ({ id }) => [id], SendCapResponse.of);
  }

  @Put()
  @Staff('messages:write')
  @ApiOperation({
    summary: 'Set a cap, in place of the one for the same account, traffic and country',
    description:
      'An account’s own cap goes before the one for all accounts, a country’s before the one for each. What is counted starts when there is a cap.',
    operationId: 'setSendCap',
  })
  @ApiOkResponse({ type: SendCapResponse })
  @ApiProblems(404, 422)
  async set(@CurrentPrincipal() principal: Principal, @Body() body: SetSendCapDto): Promise<SendCapResponse> {
    const { traffic, country, maxPerDay } = body;
    const cap = { accountId: body.accountId ?? null, traffic, country, maxPerDay };
    return SendCapResponse.of(await this.caps.set(actorOf(principal), cap));
  }

  @Delete(':id')
  @HttpCode(204)
  @Staff('messages:write')
  @ApiOperation({ summary: 'Remove a cap', operationId: 'removeSendCap' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async remove(@CurrentPrincipal() principal: Principal, @IdParam() id: string): Promise<void> {
    await this.caps.remove(actorOf(principal), id);
  }
}

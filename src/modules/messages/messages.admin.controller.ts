import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, IdParam, Staff } from '../../gateway/index.js';
import { ListMessagesQuery, MessagePage } from './dto/message.dto.js';
import { StaffMessageResponse } from './dto/staff-message.dto.js';
import { MessageReads } from './message-reads.js';

/** Messages of an account, as the operator's staff sees them. */
@ApiTags('messages (staff)')
@Controller('admin/v1/accounts/:accountId/messages')
export class MessagesAdminController {
  constructor(private readonly reads: MessageReads) {}

  @Get()
  @Staff('messages:read')
  @ApiOperation({ summary: 'Messages of an account, newest first', operationId: 'listAccountMessages' })
  @ApiOkResponse({ type: MessagePage })
  @ApiProblems(400, 404, 422)
  list(@IdParam('accountId') accountId: string, @Query() query: ListMessagesQuery): Promise<MessagePage> {
    return this.reads.list(accountId, query);
  }

  @Get(':id')
  @Staff('messages:read')
  @ApiOperation({
    summary: 'One message with its whole history: attempts, raw reports, decisions, entries of the ledger',
    operationId: 'getAccountMessage',
  })
  @ApiOkResponse({ type: StaffMessageResponse })
  @ApiProblems(404)
  get(@IdParam('accountId') accountId: string, @IdParam() id: string): Promise<StaffMessageResponse> {
    return this.reads.getWhole(accountId, id);
  }
}

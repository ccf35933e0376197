import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentAccount, RequirePermission } from '../../gateway/index.js';
import { InboundMessageDto, InboundMessagePage, ListInboundQuery } from './dto/inbound.dto.js';
import { InboundReads } from './inbound-reads.js';

@ApiTags('inbound messages')
@Controller('v1/inbound-messages')
export class InboundController {
  constructor(private readonly reads: InboundReads) {}

  @Get()
  @RequirePermission('messages:read')
  @ApiOperation({ summary: 'What phones answered, newest first', operationId: 'listInboundMessages' })
  @ApiOkResponse({ type: InboundMessagePage })
  @ApiProblems(400, 422)
  list(@CurrentAccount() accountId: string, @Query() query: ListInboundQuery): Promise<InboundMessagePage> {
    return this.reads.ofAccount(accountId, query, InboundMessageDto.of);
  }
}

import { Body, Controller, Delete, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { actorOf, ApiProblems, CurrentPrincipal, IdParam, type Principal, Staff } from '../../gateway/index.js';
import { AccountsService } from '../accounts/index.js';
import {
  CreateInboundNumberDto,
  InboundNumberDto,
  InboundNumberPage,
  ListInboundNumbersQuery,
} from './dto/inbound-number.dto.js';
import { StaffInboundDto, StaffInboundPage, StaffInboundQuery } from './dto/inbound.dto.js';
import { InboundNumbers } from './inbound-numbers.js';
import { InboundReads } from './inbound-reads.js';
import './inbound.errors.js';

@ApiTags('inbound messages (staff)')
@Controller('admin/v1')
export class InboundAdminController {
  constructor(
    private readonly reads: InboundReads,
    private readonly numbers: InboundNumbers,
    private readonly accounts: AccountsService,
  ) {}

  @Get('inbound-messages')
  @Staff('messages:read')
  @ApiOperation({
    summary: 'What phones wrote, newest first; also what belongs to no account',
    operationId: 'listAllInboundMessages',
  })
  @ApiOkResponse({ type: StaffInboundPage })
  @ApiProblems(400, 422)
  async list(@Query() query: StaffInboundQuery): Promise<StaffInboundPage> {
    const accountId = query.attribution === 'none' ? await this.accounts.platformAccountId() : query.accountId;
    if (accountId === undefined) return this.reads.ofAll(query, StaffInboundDto.whole);
    return this.reads.ofAccount(accountId, query, StaffInboundDto.whole);
  }

  @Get('inbound-numbers')
  @Staff('providers:read')
  @ApiOperation({
    summary: 'Numbers that belong to one account alone, oldest first',
    operationId: 'listInboundNumbers',
  })
  @ApiOkResponse({ type: InboundNumberPage })
  @ApiProblems(400, 422)
  listNumbers(@Query() query: ListInboundNumbersQuery): Promise<InboundNumberPage> {
    return this.numbers.list(query, InboundNumberDto.of);
  }

  @Post('inbound-numbers')
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Give a number to an account: what is written to it is the account’s',
    operationId: 'addInboundNumber',
  })
  @ApiCreatedResponse({ type: InboundNumberDto })
  @ApiProblems(404, 409, 422)
  async addNumber(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateInboundNumberDto,
  ): Promise<InboundNumberDto> {
    return InboundNumberDto.of(await this.numbers.add(body, actorOf(principal)));
  }

  @Delete('inbound-numbers/:id')
  @HttpCode(204)
  @Staff('providers:write')
  @ApiOperation({ summary: 'Take a number from its account', operationId: 'removeInboundNumber' })
  @ApiProblems(404)
  removeNumber(@IdParam() id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.numbers.remove(id, actorOf(principal));
  }
}

import { Body, Controller, Delete, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Page } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { CreatePayerDto, ListPayersQuery, PayerPage, PayerResponse, UpdatePayerDto } from './dto/payer.dto.js';
import { PayersService } from './payers.service.js';

@ApiTags('payers')
@Controller('v1/payers')
export class PayersController {
  constructor(private readonly payers: PayersService) {}

  @Post()
  @RequirePermission('payers:write')
  @ApiOperation({ summary: 'Save a payer for invoices', operationId: 'createPayer' })
  @ApiCreatedResponse({ type: PayerResponse })
  @ApiProblems(409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Body() body: CreatePayerDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.payers.create(accountId, actorOf(principal), body);
    reply.header('etag', etagOf(row.version));
    return PayerResponse.of(row);
  }

  @Get()
  @RequirePermission('payers:read')
  @ApiOperation({ summary: 'Payers, newest first', operationId: 'listPayers' })
  @ApiOkResponse({ type: PayerPage })
  @ApiProblems(400, 422)
  list(@CurrentAccount() accountId: string, @Query() query: ListPayersQuery): Promise<Page<PayerResponse>> {
    return this.payers.list(accountId, query, query.archived === 'true', PayerResponse.of);
  }

  @Get(':id')
  @RequirePermission('payers:read')
  @ApiOperation({ summary: 'One payer', operationId: 'getPayer' })
  @ApiOkResponse({ type: PayerResponse })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.payers.get(accountId, id);
    reply.header('etag', etagOf(row.version));
    return PayerResponse.of(row);
  }

  @Patch(':id')
  @RequirePermission('payers:write')
  @ApiOperation({ summary: 'Change a payer; issued invoices keep what they say', operationId: 'updatePayer' })
  @ApiOkResponse({ type: PayerResponse })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  async update(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdatePayerDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const row = await this.payers.update(accountId, actorOf(principal), id, version, body);
    reply.header('etag', etagOf(row.version));
    return PayerResponse.of(row);
  }

  @Delete(':id')
  @RequirePermission('payers:write')
  @ApiOperation({ summary: 'Archive a payer; its invoices stay', operationId: 'archivePayer' })
  @ApiOkResponse({ type: PayerResponse })
  @ApiProblems(404)
  async archive(@CurrentPrincipal() principal: Principal, @CurrentAccount() accountId: string, @IdParam() id: string) {
    return PayerResponse.of(await this.payers.archive(accountId, actorOf(principal), id));
  }
}

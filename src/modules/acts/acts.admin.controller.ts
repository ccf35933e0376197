import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  actorOf,
  ApiProblems,
  CurrentPrincipal,
  IdParam,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { DocumentDesk, DocumentQuery, sendPage, sendPdf } from '../documents/index.js';
import { ActsService } from './acts.service.js';
import { ACT } from './documents/act-source.js';
import {
  ActClosingPage,
  ActDetailResponse,
  ActPage,
  IssueActsDto,
  IssuedActsResponse,
  ListActsQuery,
} from './dto/act.dto.js';

/** The acts of an account for the operator's staff, who may close a month by hand. */
@ApiTags('admin: acts')
@Controller('admin/v1/accounts/:accountId')
export class ActsAdminController {
  constructor(
    private readonly acts: ActsService,
    private readonly desk: DocumentDesk,
  ) {}

  @Post('acts')
  @Staff('acts:write')
  @ApiOperation({
    summary: 'Close a month that is over: issue its acts and corrections, unless the schedule has',
    description: 'Asked again it issues nothing and answers the same.',
    operationId: 'issueActs',
  })
  @ApiCreatedResponse({ type: IssuedActsResponse })
  @ApiProblems(404, 409, 422)
  async issue(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @Body() { seller, month }: IssueActsDto,
  ): Promise<IssuedActsResponse> {
    return { data: await this.acts.issue(accountId, actorOf(principal), seller, month) };
  }

  @Get('acts')
  @Staff('acts:read')
  @ApiOperation({ summary: 'Acts of an account and their corrections, newest first', operationId: 'listAccountActs' })
  @ApiOkResponse({ type: ActPage })
  @ApiProblems(400, 422)
  list(@IdParam('accountId') accountId: string, @Query() query: ListActsQuery): Promise<ActPage> {
    return this.acts.list(accountId, query);
  }

  @Get('acts/:id')
  @Staff('acts:read')
  @ApiOperation({ summary: 'One act of an account', operationId: 'getAccountAct' })
  @ApiOkResponse({ type: ActDetailResponse })
  @ApiProblems(404)
  get(@IdParam('accountId') accountId: string, @IdParam() id: string): Promise<ActDetailResponse> {
    return this.acts.get(accountId, id);
  }

  @Get('acts/:id/page')
  @Staff('acts:read')
  @ApiOperation({ summary: 'An act of an account as a printable page', operationId: 'getAccountActPage' })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'HTML' })
  @ApiProblems(404)
  async page(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPage(reply, await this.desk.page({ kind: ACT, accountId, id }, lang));
  }

  @Get('acts/:id/pdf')
  @Staff('acts:read')
  @ApiOperation({ summary: 'An act of an account as PDF', operationId: 'getAccountActPdf' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ description: 'PDF' })
  @ApiProblems(404)
  async pdf(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPdf(reply, await this.desk.pdf({ kind: ACT, accountId, id }, lang));
  }

  @Get('act-closings')
  @Staff('acts:read')
  @ApiOperation({
    summary: 'Month by month how the account’s revenue was paid: on acts, promotional, not yet',
    operationId: 'listActClosings',
  })
  @ApiOkResponse({ type: ActClosingPage })
  @ApiProblems(400, 422)
  closings(@IdParam('accountId') accountId: string, @Query() query: PageQuery): Promise<ActClosingPage> {
    return this.acts.closings(accountId, query);
  }
}

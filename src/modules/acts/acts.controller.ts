import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems, CurrentAccount, IdParam, RequirePermission } from '../../gateway/index.js';
import { DocumentDesk, DocumentQuery, sendPage, sendPdf } from '../documents/index.js';
import { ActsService } from './acts.service.js';
import { ACT } from './documents/act-source.js';
import { ActDetailResponse, ActPage, ListActsQuery } from './dto/act.dto.js';

@ApiTags('acts')
@Controller('v1/acts')
export class ActsController {
  constructor(
    private readonly acts: ActsService,
    private readonly desk: DocumentDesk,
  ) {}

  @Get()
  @RequirePermission('acts:read')
  @ApiOperation({
    summary: 'Acts of services rendered on paid amounts, and their corrections, newest first',
    operationId: 'listActs',
  })
  @ApiOkResponse({ type: ActPage })
  @ApiProblems(400, 422)
  list(@CurrentAccount() accountId: string, @Query() query: ListActsQuery): Promise<ActPage> {
    return this.acts.list(accountId, query);
  }

  @Get(':id')
  @RequirePermission('acts:read')
  @ApiOperation({ summary: 'One act with its lines, and links that open it in a browser', operationId: 'getAct' })
  @ApiOkResponse({ type: ActDetailResponse })
  @ApiProblems(404)
  get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<ActDetailResponse> {
    return this.acts.get(accountId, id);
  }

  @Get(':id/page')
  @RequirePermission('acts:read')
  @ApiOperation({ summary: 'The act as a printable page', operationId: 'getActPage' })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'HTML' })
  @ApiProblems(404)
  async page(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPage(reply, await this.desk.page({ kind: ACT, accountId, id }, lang));
  }

  @Get(':id/pdf')
  @RequirePermission('acts:read')
  @ApiOperation({ summary: 'The act as PDF', operationId: 'getActPdf' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ description: 'PDF' })
  @ApiProblems(404)
  async pdf(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPdf(reply, await this.desk.pdf({ kind: ACT, accountId, id }, lang));
  }
}

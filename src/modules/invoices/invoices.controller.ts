import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Page } from '../../database/page.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { parseMicros } from '../../kernel/money.js';
import { DocumentDesk, DocumentQuery, sendPage, sendPdf } from '../documents/index.js';
import { IssueInvoiceAction } from './actions/issue-invoice.js';
import {
  CancelInvoiceDto,
  CreateInvoiceDto,
  InvoiceDetailResponse,
  InvoicePage,
  InvoiceResponse,
  ListInvoicesQuery,
} from './dto/invoice.dto.js';
import { INVOICE } from './documents/invoice-source.js';
import { InvoicesService } from './invoices.service.js';
import { findInvoice } from './persistence/invoices.js';

@ApiTags('invoices')
@Controller('v1/invoices')
export class InvoicesController {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly desk: DocumentDesk,
    private readonly issue: IssueInvoiceAction,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post()
  @RequirePermission('invoices:write')
  @ApiOperation({
    summary: 'Form an invoice for any amount; an offer that moves no money',
    operationId: 'createInvoice',
  })
  @ApiCreatedResponse({ type: InvoiceResponse })
  @ApiIdempotent()
  @ApiProblems(404)
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: CreateInvoiceDto,
  ) {
    const today = await this.invoices.today(accountId);
    return this.idempotency.execute(claim, 201, async (tx) => {
      const { id } = await this.issue.run(tx, {
        accountId,
        actor: actorOf(principal),
        payerId: body.payerId,
        amountMicros: parseMicros(body.amount.amount),
        currency: body.amount.currency,
      });
      return InvoiceResponse.of((await findInvoice(tx, accountId, id))!, today);
    });
  }

  @Get()
  @RequirePermission('invoices:read')
  @ApiOperation({ summary: 'Issued invoices, newest first', operationId: 'listInvoices' })
  @ApiOkResponse({ type: InvoicePage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListInvoicesQuery): Promise<Page<InvoiceResponse>> {
    const today = await this.invoices.today(accountId);
    const filter = {
      payerId: query.payerId ?? null,
      status: query.status ?? null,
      from: query.from ?? null,
      until: query.until ?? null,
    };
    return this.invoices.list(accountId, query, filter, (row) => InvoiceResponse.of(row, today));
  }

  @Get(':id')
  @RequirePermission('invoices:read')
  @ApiOperation({
    summary: 'One invoice, the payments that cover it, and links that open it in a browser',
    operationId: 'getInvoice',
  })
  @ApiOkResponse({ type: InvoiceDetailResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<InvoiceDetailResponse> {
    const row = await this.invoices.get(accountId, id);
    const payments = await this.invoices.covering(accountId, id);
    return InvoiceDetailResponse.detail(
      row,
      await this.invoices.today(accountId),
      payments,
      this.desk.links({ kind: INVOICE, accountId, id }),
    );
  }

  @Post(':id/cancel')
  @RequirePermission('invoices:write')
  @ApiOperation({ summary: 'Withdraw an invoice that no payment covers', operationId: 'cancelInvoice' })
  @ApiCreatedResponse({ type: InvoiceResponse })
  @ApiProblems(404, 409, 422)
  async cancel(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Body() body: CancelInvoiceDto,
  ) {
    const row = await this.invoices.cancel(accountId, actorOf(principal), id, body.reason);
    return InvoiceResponse.of(row, await this.invoices.today(accountId));
  }

  @Get(':id/page')
  @RequirePermission('invoices:read')
  @ApiOperation({ summary: 'The invoice as a printable page', operationId: 'getInvoicePage' })
  @ApiProduces('text/html')
  @ApiOkResponse({ description: 'HTML' })
  @ApiProblems(404)
  async page(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPage(reply, await this.desk.page({ kind: INVOICE, accountId, id }, lang));
  }

  @Get(':id/pdf')
  @RequirePermission('invoices:read')
  @ApiOperation({ summary: 'The invoice as PDF', operationId: 'getInvoicePdf' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ description: 'PDF' })
  @ApiProblems(404)
  async pdf(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPdf(reply, await this.desk.pdf({ kind: INVOICE, accountId, id }, lang));
  }
}

import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { decodeIdCursor, toPage } from '../../database/page.js';
import { actorOf, ApiProblems, CurrentPrincipal, IdParam, type Principal, Staff } from '../../gateway/index.js';
import { DecideTransfer } from './actions/decide-transfer.js';
import {
  BankTransferPage,
  BankTransferResponse,
  CreditTransferDto,
  DismissTransferDto,
  ListTransfersQuery,
  ReverseTransferDto,
} from './dto/bank-transfer.dto.js';
import { TransfersRepository } from './persistence/transfers.repository.js';
import { transferNotFound } from './statements.errors.js';

/** What files of banks tell of, and what ops decides where it was not certain. */
@ApiTags('admin: payments')
@Controller('admin/v1/bank-transfers')
export class BankTransfersAdminController {
  constructor(
    private readonly transfers: TransfersRepository,
    private readonly decisions: DecideTransfer,
  ) {}

  @Get()
  @Staff('payments:read')
  @ApiOperation({
    summary: 'Transfers, newest first; `state=waiting` is what somebody has to decide on',
    operationId: 'listBankTransfers',
  })
  @ApiOkResponse({ type: BankTransferPage })
  @ApiProblems(400, 422)
  async list(@Query() query: ListTransfersQuery): Promise<BankTransferPage> {
    const { state = null, reason = null, seller = null, from = null, until = null, limit } = query;
    const rows = await this.transfers.list(
      { state, reason, seller, from, until },
      decodeIdCursor(query.cursor),
      limit + 1,
    );
    return toPage(rows, limit, ({ id }) => [id], BankTransferResponse.of);
  }

  @Get(':id')
  @Staff('payments:read')
  @ApiOperation({ summary: 'One transfer, with what it may be for', operationId: 'getBankTransfer' })
  @ApiOkResponse({ type: BankTransferResponse })
  @ApiProblems(404)
  async get(@IdParam() id: string): Promise<BankTransferResponse> {
    const row = await this.transfers.find(id);
    if (!row) throw transferNotFound();
    return BankTransferResponse.of(row);
  }

  @Post(':id/credit')
  @HttpCode(200)
  @Staff('payments:write')
  @ApiOperation({
    summary: 'Say whose money it is: credits the account and covers invoices, once',
    operationId: 'creditBankTransfer',
  })
  @ApiOkResponse({ type: BankTransferResponse })
  @ApiProblems(404, 409)
  async credit(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { accountId, invoiceId }: CreditTransferDto,
  ): Promise<BankTransferResponse> {
    const row = await this.decisions.credit(id, { accountId, invoiceId }, actorOf(principal));
    return BankTransferResponse.of(row);
  }

  @Post(':id/reverse')
  @HttpCode(200)
  @Staff('payments:write')
  @ApiOperation({
    summary: 'Say which payment the bank took back: the wallet is debited, its invoices are uncovered',
    operationId: 'reverseBankTransfer',
  })
  @ApiOkResponse({ type: BankTransferResponse })
  @ApiProblems(404, 409)
  async reverse(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { accountId, paymentId }: ReverseTransferDto,
  ): Promise<BankTransferResponse> {
    return BankTransferResponse.of(await this.decisions.reverse(id, { accountId, paymentId }, actorOf(principal)));
  }

  @Post(':id/dismiss')
  @HttpCode(200)
  @Staff('payments:write')
  @ApiOperation({ summary: 'Say that it is for no account, and why', operationId: 'dismissBankTransfer' })
  @ApiOkResponse({ type: BankTransferResponse })
  @ApiProblems(404, 409)
  async dismiss(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { reason }: DismissTransferDto,
  ): Promise<BankTransferResponse> {
    return BankTransferResponse.of(await this.decisions.dismiss(id, reason, actorOf(principal)));
  }
}

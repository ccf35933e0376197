import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database, type Tx } from '../../database/database.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { parseMicros } from '../../kernel/money.js';
import { AccountAudit } from '../accounts/index.js';
import { AllocatePaymentAction } from '../invoices/index.js';
import { RecordPaymentAction } from './actions/record-payment.js';
import { AllocateDto, PaymentResponse, RecordPaymentDto } from './dto/payment.dto.js';
import { allocationExceedsPayment, allocationNotFound, otherCurrency, paymentNotFound } from './payments.errors.js';
import { findPayment, lockPayment } from './payments.repository.js';
import { paymentReversed } from './statements.errors.js';

/** Ops records what the bank received and decides what it covers. */
@ApiTags('admin: payments')
@Controller('admin/v1/accounts/:accountId/payments')
export class PaymentsAdminController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly record: RecordPaymentAction,
    private readonly allocation: AllocatePaymentAction,
    private readonly audit: AccountAudit,
  ) {}

  @Post()
  @Staff('payments:write')
  @ApiOperation({
    summary: 'Record money that arrived: credits the wallet and covers invoices',
    operationId: 'recordPayment',
  })
  @ApiCreatedResponse({ type: PaymentResponse })
  @ApiIdempotent()
  @ApiProblems(404)
  create(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: RecordPaymentDto,
  ) {
    return this.idempotency.execute(claim, 201, async (tx) => {
      const id = await this.record.run(tx, {
        ...body,
        accountId,
        actor: actorOf(principal),
        currency: body.amount.currency,
        amountMicros: parseMicros(body.amount.amount),
        purpose: body.purpose ?? '',
      });
      return PaymentResponse.of((await findPayment(tx, accountId, id))!);
    });
  }

  @Post(':id/allocations')
  @Staff('payments:write')
  @ApiOperation({ summary: 'Let a payment cover an invoice', operationId: 'allocatePayment' })
  @ApiCreatedResponse({ type: PaymentResponse })
  @ApiIdempotent()
  @ApiProblems(404)
  allocate(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: AllocateDto,
  ) {
    const amountMicros = parseMicros(body.amount.amount);
    return this.idempotency.execute(claim, 201, async (tx) => {
      const payment = await lockPayment(tx, accountId, id);
      if (!payment) throw paymentNotFound();
      if (payment.reversed_at) throw paymentReversed();
      if (payment.currency !== body.amount.currency) throw otherCurrency(body.amount.currency, payment.currency);
      const free = payment.amount_micros - payment.allocated_micros;
      if (amountMicros > free) throw allocationExceedsPayment(free);
      const allocationId = await this.allocation.run(tx, {
        accountId,
        invoiceId: body.invoiceId,
        paymentId: id,
        amountMicros,
      });
      await this.note(tx, accountId, principal, 'payment.allocated', allocationId);
      return PaymentResponse.of((await findPayment(tx, accountId, id))!);
    });
  }

  @Delete(':id/allocations/:allocationId')
  @HttpCode(204)
  @Staff('payments:write')
  @ApiOperation({ summary: 'Take an allocation back; the money stays in the wallet', operationId: 'deallocatePayment' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async deallocate(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @IdParam('allocationId') allocationId: string,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await lockPayment(tx, accountId, id))) throw paymentNotFound();
      if (!(await this.allocation.remove(tx, accountId, id, allocationId))) throw allocationNotFound();
      await this.note(tx, accountId, principal, 'payment.deallocated', allocationId);
    });
  }

  private note(tx: Tx, accountId: string, principal: Principal, action: string, allocationId: string): Promise<void> {
    return this.audit.record(tx, {
      accountId,
      actor: actorOf(principal),
      action,
      subject: `allocation:${allocationId}`,
    });
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { ApiProblems, CurrentAccount, IdParam, RequirePermission } from '../../gateway/index.js';
import { ListPaymentsQuery, PaymentPage, PaymentResponse } from './dto/payment.dto.js';
import { paymentNotFound } from './payments.errors.js';
import { findPayment, listPayments } from './payments.repository.js';

/** Incoming funds, as the account sees them. */
@ApiTags('payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(private readonly database: Database) {}

  @Get()
  @RequirePermission('payments:read')
  @ApiOperation({ summary: 'Money that arrived, newest first, and what it covers', operationId: 'listPayments' })
  @ApiOkResponse({ type: PaymentPage })
  @ApiProblems(400, 422)
  async list(@CurrentAccount() accountId: string, @Query() query: ListPaymentsQuery): Promise<Page<PaymentResponse>> {
    const after = decodeIdCursor(query.cursor);
    const rows = await listPayments(
      this.database,
      accountId,
      after,
      query.from ?? null,
      query.until ?? null,
      query.limit + 1,
    );
    return toPage(rows, query.limit, (row) => [row.id], PaymentResponse.of);
  }

  @Get(':id')
  @RequirePermission('payments:read')
  @ApiOperation({ summary: 'One payment', operationId: 'getPayment' })
  @ApiOkResponse({ type: PaymentResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<PaymentResponse> {
    const row = await findPayment(this.database, accountId, id);
    if (!row) throw paymentNotFound();
    return PaymentResponse.of(row);
  }
}

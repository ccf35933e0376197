import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { DocumentsModule } from '../documents/index.js';
import { AllocatePaymentAction } from './actions/allocate-payment.js';
import { IssueInvoiceAction } from './actions/issue-invoice.js';
import { InvoiceSource } from './documents/invoice-source.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';
import { LegalEntitiesAdminController } from './legal-entities.admin.controller.js';
import { PayersController } from './payers.controller.js';
import { PayersService } from './payers.service.js';

@Module({
  imports: [AccountsModule, DocumentsModule],
  controllers: [InvoicesController, PayersController, LegalEntitiesAdminController],
  providers: [InvoicesService, PayersService, InvoiceSource, IssueInvoiceAction, AllocatePaymentAction],
  exports: [InvoicesService, AllocatePaymentAction],
})
export class InvoicesModule {}

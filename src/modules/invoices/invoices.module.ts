import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { AllocatePaymentAction } from './actions/allocate-payment.js';
import { IssueInvoiceAction } from './actions/issue-invoice.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsService } from './documents/documents.service.js';
import { InvoicesController } from './invoices.controller.js';
import { InvoicesService } from './invoices.service.js';
import { LegalEntitiesAdminController } from './legal-entities.admin.controller.js';
import { PayersController } from './payers.controller.js';
import { PayersService } from './payers.service.js';

/** Needs `Secrets` and `Env` from the application, for links to documents. */
@Module({
  imports: [AccountsModule],
  controllers: [InvoicesController, PayersController, DocumentsController, LegalEntitiesAdminController],
  providers: [InvoicesService, PayersService, DocumentsService, IssueInvoiceAction, AllocatePaymentAction],
  exports: [InvoicesService, AllocatePaymentAction],
})
export class InvoicesModule {}

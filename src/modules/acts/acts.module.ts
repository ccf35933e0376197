import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { DocumentsModule } from '../documents/index.js';
import { InvoicesModule } from '../invoices/index.js';
import { CloseMonthAction } from './actions/close-month.js';
import { IssueActs } from './actions/issue-acts.js';
import { ActsAdminController } from './acts.admin.controller.js';
import { ActsController } from './acts.controller.js';
import { ActsService } from './acts.service.js';
import { ActSource } from './documents/act-source.js';

@Module({
  imports: [AccountsModule, DocumentsModule, InvoicesModule],
  controllers: [ActsController, ActsAdminController],
  providers: [ActsService, ActSource, CloseMonthAction, IssueActs],
  exports: [IssueActs],
})
export class ActsModule {}

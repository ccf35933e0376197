import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { InvoicesModule } from '../invoices/index.js';
import { WalletsModule } from '../wallets/index.js';
import { RecordPaymentAction } from './actions/record-payment.js';
import { PaymentsAdminController } from './payments.admin.controller.js';
import { PaymentsController } from './payments.controller.js';

@Module({
  imports: [AccountsModule, InvoicesModule, WalletsModule],
  controllers: [PaymentsController, PaymentsAdminController],
  providers: [RecordPaymentAction],
})
export class PaymentsModule {}

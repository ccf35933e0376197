import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { InvoicesModule } from '../invoices/index.js';
import { WalletsModule } from '../wallets/index.js';
import { RecordPaymentAction } from './actions/record-payment.js';
import { PaymentsAdminController } from './payments.admin.controller.js';
import { PaymentsController } from './payments.controller.js';
import { AnswerProofAction } from './proofs/answer-proof.js';
import { ProofsAdminController } from './proofs/proofs.admin.controller.js';
import { ProofsController } from './proofs/proofs.controller.js';
import { UploadProofAction } from './proofs/upload-proof.js';

@Module({
  imports: [AccountsModule, InvoicesModule, WalletsModule],
  controllers: [PaymentsController, PaymentsAdminController, ProofsController, ProofsAdminController],
  providers: [RecordPaymentAction, UploadProofAction, AnswerProofAction],
})
export class PaymentsModule {}

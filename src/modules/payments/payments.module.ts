import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { InvoicesModule } from '../invoices/index.js';
import { WalletsModule } from '../wallets/index.js';
import { ApplyStatement } from './actions/apply-statement.js';
import { CreditTransfers } from './actions/credit-transfers.js';
import { DecideTransfer } from './actions/decide-transfer.js';
import { FinishStatements } from './actions/finish-statements.js';
import { ImportStatement } from './actions/import-statement.js';
import { RecordPaymentAction } from './actions/record-payment.js';
import { BankStatementsAdminController } from './bank-statements.admin.controller.js';
import { BankTransfersAdminController } from './bank-transfers.admin.controller.js';
import { PaymentsAdminController } from './payments.admin.controller.js';
import { PaymentsController } from './payments.controller.js';
import { SellersRepository } from './persistence/sellers.repository.js';
import { StatementsRepository } from './persistence/statements.repository.js';
import { TransfersRepository } from './persistence/transfers.repository.js';
import { AnswerProofAction } from './proofs/answer-proof.js';
import { ProofsAdminController } from './proofs/proofs.admin.controller.js';
import { ProofsController } from './proofs/proofs.controller.js';
import { UploadProofAction } from './proofs/upload-proof.js';

@Module({
  imports: [AccountsModule, InvoicesModule, WalletsModule],
  controllers: [
    PaymentsController,
    PaymentsAdminController,
    BankStatementsAdminController,
    BankTransfersAdminController,
    ProofsController,
    ProofsAdminController,
  ],
  providers: [
    RecordPaymentAction,
    UploadProofAction,
    AnswerProofAction,
    CreditTransfers,
    ApplyStatement,
    ImportStatement,
    DecideTransfer,
    FinishStatements,
    SellersRepository,
    StatementsRepository,
    TransfersRepository,
  ],
  exports: [FinishStatements],
})
export class PaymentsModule {}

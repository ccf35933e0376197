import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { LedgerService } from './ledger.service.js';
import { WalletOpening } from './wallet-opening.js';
import { WalletReads } from './wallet-reads.js';
import { WalletsAdminController } from './wallets.admin.controller.js';
import { WalletsController } from './wallets.controller.js';

/** Wallets and the double-entry ledger. */
@Module({
  imports: [AccountsModule],
  controllers: [WalletsController, WalletsAdminController],
  providers: [LedgerService, WalletOpening, WalletReads],
  exports: [LedgerService],
})
export class WalletsModule {}

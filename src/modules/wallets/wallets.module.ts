import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { LedgerService } from './ledger.service.js';
import { WalletOpening } from './wallet-opening.js';

/** Wallets and the double-entry ledger. */
@Module({ imports: [AccountsModule], providers: [LedgerService, WalletOpening], exports: [LedgerService] })
export class WalletsModule {}

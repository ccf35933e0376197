import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountOpenings } from '../accounts/index.js';
import { LedgerService } from './ledger.service.js';

/** Every account opens with a wallet in its currency. */
@Injectable()
export class WalletOpening implements OnModuleInit {
  constructor(
    private readonly openings: AccountOpenings,
    private readonly ledger: LedgerService,
  ) {}

  onModuleInit(): void {
    this.openings.subscribe(async (tx, { id, currency }, now) => {
      await this.ledger.ensureWallet(tx, id, currency, now);
    });
  }
}

import { Injectable, Module } from '@nestjs/common';
import type { Tx } from '../database/database.js';
import { AccountsModule, AccountsService } from '../modules/accounts/index.js';
import { type VerificationMessage, VerificationSender } from '../modules/identity/index.js';
import { MessagesModule, MessagesService } from '../modules/messages/index.js';

/** Codes go through the one street like everything else: priced, paid by the platform account, first lane. */
@Injectable()
export class VerificationBySms extends VerificationSender {
  constructor(
    private readonly accounts: AccountsService,
    private readonly messages: MessagesService,
  ) {
    super();
  }

  async send(tx: Tx, { codeId, phone, text, validitySeconds }: VerificationMessage): Promise<boolean> {
    const { accepted } = await this.messages.acceptIn(tx, {
      accountId: await this.accounts.platformAccountId(),
      source: 'verification',
      lane: 'otp',
      items: [{ to: `+${phone}`, text, reference: codeId, consent: 'not_required' }],
      validitySeconds,
      onInsufficientFunds: 'reject',
    });
    return accepted === 1;
  }
}

@Module({
  imports: [AccountsModule, MessagesModule],
  providers: [{ provide: VerificationSender, useClass: VerificationBySms }],
  exports: [VerificationSender],
})
export class VerificationBySmsModule {}

import { Module } from '@nestjs/common';
import { AccountAudit } from './account-audit.js';
import { AccountOpenings } from './account-openings.js';
import { AccountsService } from './accounts.service.js';

@Module({
  providers: [AccountsService, AccountAudit, AccountOpenings],
  exports: [AccountsService, AccountAudit, AccountOpenings],
})
export class AccountsModule {}

import { Module } from '@nestjs/common';
import { AccountAudit } from './account-audit.js';
import { AccountFeatures } from './account-features.js';
import { AccountOpenings } from './account-openings.js';
import { AccountsAdminController } from './accounts.admin.controller.js';
import { AccountsController } from './accounts.controller.js';
import './accounts.errors.js';
import { AccountsService } from './accounts.service.js';
import { GivenSenders } from './given-senders.js';
import { ChangeAccount } from './actions/change-account.js';
import { SetDefaultSender } from './actions/set-default-sender.js';
import { AccountsRepository } from './persistence/accounts.repository.js';
import { PortalsAdminController } from './portals.admin.controller.js';
import { PortalsService } from './portals.service.js';

@Module({
  controllers: [AccountsController, AccountsAdminController, PortalsAdminController],
  providers: [
    AccountsService,
    AccountAudit,
    AccountFeatures,
    AccountOpenings,
    AccountsRepository,
    ChangeAccount,
    GivenSenders,
    PortalsService,
    SetDefaultSender,
  ],
  exports: [
    AccountsService,
    AccountAudit,
    AccountFeatures,
    AccountOpenings,
    GivenSenders,
    PortalsService,
    SetDefaultSender,
  ],
})
export class AccountsModule {}

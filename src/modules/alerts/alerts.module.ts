import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { AlertsAdminController } from './alerts.admin.controller.js';
import { AlertsController } from './alerts.controller.js';
import { AlertReads } from './alert-reads.js';
import { RaiseAlerts } from './raise-alerts.js';

/** What somebody has to be told. Lives on the outbox; nobody imports it. */
@Module({
  imports: [AccountsModule],
  controllers: [AlertsController, AlertsAdminController],
  providers: [AlertReads, RaiseAlerts],
  exports: [RaiseAlerts],
})
export class AlertsModule {}

import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { MessagesModule } from '../messages/index.js';
import { ProvidersModule } from '../providers/index.js';
import { StatisticsModule } from '../statistics/index.js';
import { WalletsModule } from '../wallets/index.js';
import { Metrics } from './metrics/metrics.js';
import { StateGauges } from './metrics/state-gauges.js';
import { MarginsAdminController } from './margins.admin.controller.js';
import { QueueAdminController } from './queue.admin.controller.js';
import { QueueView } from './queue-view.js';

/** What those who run the product look at, put together from what the modules know. */
@Module({
  imports: [AccountsModule, MessagesModule, ProvidersModule, StatisticsModule, WalletsModule],
  controllers: [MarginsAdminController, QueueAdminController],
  providers: [Metrics, QueueView, StateGauges],
  exports: [Metrics],
})
export class OperationsModule {}

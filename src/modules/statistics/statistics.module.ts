import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { MessageStatistics } from './message-statistics.js';
import { QueueDepths } from './queue-depths.js';
import { StatisticsController } from './statistics.controller.js';

@Module({
  imports: [AccountsModule],
  controllers: [StatisticsController],
  providers: [MessageStatistics, QueueDepths],
  exports: [MessageStatistics, QueueDepths],
})
export class StatisticsModule {}

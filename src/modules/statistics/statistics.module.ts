import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { MessageStatistics } from './message-statistics.js';
import { StatisticsController } from './statistics.controller.js';

@Module({
  imports: [AccountsModule],
  controllers: [StatisticsController],
  providers: [MessageStatistics],
  exports: [MessageStatistics],
})
export class StatisticsModule {}

export { MessageStatistics, type Difference } from './message-statistics.js';
export { StatisticsModule } from './statistics.module.js';

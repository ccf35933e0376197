export { MessageStatistics, type Difference } from './message-statistics.js';
export { StatisticsModule } from './statistics.module.js';
export { QueueDepths, depthKey, type DepthKey, type QueueDepth } from './queue-depths.js';

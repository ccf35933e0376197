export { Metrics } from './metrics/metrics.js';
export { OperationsModule } from './operations.module.js';

export { ForgetEvents } from './actions/forget-events.js';
export { RecordEvents } from './actions/record-events.js';
export { DeliveryRunner } from './delivery-runner.js';
export { WebhooksModule } from './webhooks.module.js';

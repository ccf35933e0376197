export { InboundModule } from './inbound.module.js';
export { InboundRunner } from './inbound-runner.js';

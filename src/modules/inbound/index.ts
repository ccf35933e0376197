export { InboundMessageDto } from './dto/inbound.dto.js';
export { InboundReads } from './inbound-reads.js';
export { InboundModule } from './inbound.module.js';
export { InboundRunner } from './inbound-runner.js';

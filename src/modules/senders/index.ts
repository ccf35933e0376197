export { type SenderBook, type SenderRules } from './domain/sender-book.js';
export { SendersModule } from './senders.module.js';
export { type AskedSender, SendersService } from './senders.service.js';

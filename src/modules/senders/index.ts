export { type SenderBook, type SenderRules } from './domain/sender-book.js';
export { gateOf, type SenderRate, SenderRates, UNPACED } from './domain/sender-rates.js';
export { SenderRatesRepository } from './persistence/sender-rates.repository.js';
export { SendersModule } from './senders.module.js';
export { type AskedSender, SendersService } from './senders.service.js';

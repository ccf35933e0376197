export type { PriceBook, PriceQuote } from './domain/price-book.js';
export type { ChargeOn } from './domain/price-list.js';
export { TariffsModule } from './tariffs.module.js';
export { type TariffInForce, TariffsService } from './tariffs.service.js';

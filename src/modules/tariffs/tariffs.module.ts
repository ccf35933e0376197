import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { PriceCache } from './persistence/price-cache.js';
import { TariffsService } from './tariffs.service.js';

/** Sale prices: tariffs, dated prices by prefix, and which account has which. */
@Module({ imports: [AccountsModule], providers: [PriceCache, TariffsService], exports: [TariffsService] })
export class TariffsModule {}

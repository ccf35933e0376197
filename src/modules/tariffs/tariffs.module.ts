import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { PriceCache } from './persistence/price-cache.js';
import { PricesController } from './prices.controller.js';
import { TariffBook } from './tariff-book.js';
import { TariffsAdminController } from './tariffs.admin.controller.js';
import { TariffsService } from './tariffs.service.js';

/** Sale prices: tariffs, dated prices by prefix, and which account has which. */
@Module({
  imports: [AccountsModule],
  controllers: [PricesController, TariffsAdminController],
  providers: [PriceCache, TariffBook, TariffsService],
  exports: [TariffsService],
})
export class TariffsModule {}

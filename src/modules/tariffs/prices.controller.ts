import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentAccount, RequirePermission } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { parseMsisdn } from '../../kernel/msisdn.js';
import { AccountsService } from '../accounts/index.js';
import { ListPricesQuery, PricePage, PriceResponse } from './dto/price.dto.js';
import { badField, noTariff } from './tariffs.errors.js';
import { TariffsService } from './tariffs.service.js';

@ApiTags('prices')
@Controller('v1/prices')
export class PricesController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly tariffs: TariffsService,
  ) {}

  @Get()
  @RequirePermission('wallets:read')
  @ApiOperation({
    summary: 'What one SMS costs: the price list in force, or what applies to one number',
    operationId: 'listPrices',
  })
  @ApiOkResponse({ type: PricePage })
  @ApiProblems(404, 422)
  async list(@CurrentAccount() accountId: string, @Query() { to, traffic }: ListPricesQuery): Promise<PricePage> {
    const now = this.clock.now();
    const list = await this.tariffs.priceList(accountId, now, traffic);
    if (!list) throw noTariff();
    const prices = to === undefined ? list.current(now) : [list.find(await this.read(accountId, to), now)];
    const data = prices.map((price) => {
      if (!price) throw noTariff();
      return PriceResponse.of(price, list.tariff);
    });
    return { data, nextCursor: null };
  }

  private async read(accountId: string, to: string): Promise<string> {
    const { country } = await this.accounts.get(accountId);
    const number = parseMsisdn(to, country);
    if (!number.ok) throw badField('/to', 'invalid_number');
    return number.digits;
  }
}

import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { cursorInstant, cursorText, decodeCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentPrincipal,
  IdParam,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { AddPurchasePrices } from './actions/add-purchase-prices.js';
import { SaveProvider } from './actions/save-provider.js';
import { AddPurchasePricesDto, PurchasePriceDto, PurchasePricePageDto } from './dto/purchase-price.dto.js';
import { PurchasePricesRepository } from './persistence/purchase-prices.repository.js';

@ApiTags('providers')
@Controller('admin/v1/providers/:id/purchase-prices')
export class PurchasePricesAdminController {
  constructor(
    private readonly providers: SaveProvider,
    private readonly repository: PurchasePricesRepository,
    private readonly add: AddPurchasePrices,
  ) {}

  @Get()
  @Staff('providers:read')
  @ApiOperation({
    summary: 'What a part costs at a provider, by prefix, with the history of each',
    operationId: 'listPurchasePrices',
  })
  @ApiOkResponse({ type: PurchasePricePageDto })
  @ApiProblems(400, 404, 422)
  async list(@IdParam() id: string, @Query() { cursor, limit }: PageQuery): Promise<PurchasePricePageDto> {
    await this.providers.current(id);
    const after = decodeCursor(cursor, cursorText(/^\d{0,15}$/), cursorInstant);
    const rows = await this.repository.list(id, after, limit);
    return toPage(rows, limit, ({ prefix, validFrom }) => [prefix, validFrom.toISOString()], PurchasePriceDto.of);
  }

  @Post()
  @HttpCode(200)
  @Staff('providers:write')
  @ApiOperation({
    summary: 'Enter what a part costs at a provider, from an instant on',
    description:
      'A price for the same prefix and instant replaces the one that stood. What an answer names goes before it.',
    operationId: 'addPurchasePrices',
  })
  @ApiOkResponse({ type: PurchasePricePageDto })
  @ApiProblems(404, 409, 422)
  async enter(
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @Body() { prices }: AddPurchasePricesDto,
  ): Promise<PurchasePricePageDto> {
    await this.add.execute(await this.providers.current(id), prices, actorOf(principal));
    return this.list(id, new PageQuery());
  }
}

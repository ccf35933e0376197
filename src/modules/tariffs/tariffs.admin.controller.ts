import { Body, Controller, Get, HttpCode, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Page } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import type { Tariff } from './domain/price-list.js';
import {
  AccountTariffPage,
  AccountTariffResponse,
  AddPricesDto,
  AssignTariffDto,
  CreateTariffDto,
  TariffPage,
  TariffPricePage,
  TariffPriceResponse,
  TariffResponse,
  UpdateTariffDto,
} from './dto/tariff.dto.js';
import { TariffBook } from './tariff-book.js';

@ApiTags('tariffs (staff)')
@Controller('admin/v1')
export class TariffsAdminController {
  constructor(private readonly book: TariffBook) {}

  @Get('tariffs')
  @Staff('tariffs:read')
  @ApiOperation({ summary: 'Tariffs, by code', operationId: 'listTariffs' })
  @ApiOkResponse({ type: TariffPage })
  @ApiProblems(400, 422)
  async list(@Query() query: PageQuery): Promise<TariffPage> {
    return mapPage(await this.book.list(query), (tariff) => TariffResponse.of(tariff));
  }

  @Post('tariffs')
  @Staff('tariffs:write')
  @ApiOperation({ summary: 'Make a tariff, with its first prices', operationId: 'createTariff' })
  @ApiCreatedResponse({ type: TariffResponse })
  @ApiProblems(400, 409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateTariffDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TariffResponse> {
    return answer(await this.book.create(actorOf(principal), body), reply);
  }

  @Get('tariffs/:id')
  @Staff('tariffs:read')
  @ApiOperation({ summary: 'One tariff', operationId: 'getTariff' })
  @ApiOkResponse({ type: TariffResponse })
  @ApiProblems(404)
  async get(@IdParam() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<TariffResponse> {
    return answer(await this.book.get(id), reply);
  }

  @Patch('tariffs/:id')
  @Staff('tariffs:write')
  @ApiOperation({ summary: 'Rename a tariff, or make it the default of its currency', operationId: 'updateTariff' })
  @ApiOkResponse({ type: TariffResponse })
  @ApiIfMatch()
  @ApiProblems(400, 404, 422)
  async update(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateTariffDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TariffResponse> {
    return answer(await this.book.update(actorOf(principal), id, version, body), reply);
  }

  @Get('tariffs/:id/prices')
  @Staff('tariffs:read')
  @ApiOperation({ summary: 'Prices of a tariff with their history, by prefix', operationId: 'listTariffPrices' })
  @ApiOkResponse({ type: TariffPricePage })
  @ApiProblems(400, 404, 422)
  async listPrices(@IdParam() id: string, @Query() query: PageQuery): Promise<TariffPricePage> {
    const { tariff, page } = await this.book.listPrices(id, query);
    return mapPage(page, (price) => TariffPriceResponse.of(price, tariff.currency));
  }

  @Post('tariffs/:id/prices')
  @HttpCode(200)
  @Staff('tariffs:write')
  @ApiOperation({
    summary: 'Add prices that hold from now on or later',
    description:
      'A price for the same prefix and instant replaces the one that stood. Messages keep the price they had.',
    operationId: 'addTariffPrices',
  })
  @ApiOkResponse({ type: TariffResponse })
  @ApiProblems(400, 404, 422)
  async addPrices(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { prices }: AddPricesDto,
  ): Promise<TariffResponse> {
    return TariffResponse.of(await this.book.addPrices(actorOf(principal), id, prices));
  }

  @Get('accounts/:accountId/tariffs')
  @Staff('tariffs:read')
  @ApiOperation({ summary: 'Tariffs an account had, has and will have', operationId: 'listAccountTariffs' })
  @ApiOkResponse({ type: AccountTariffPage })
  @ApiProblems(404)
  async listOfAccount(@IdParam('accountId') accountId: string): Promise<AccountTariffPage> {
    const tariffs = await this.book.listOfAccount(accountId);
    return { data: tariffs.map((one) => AccountTariffResponse.of(one)), nextCursor: null };
  }

  @Put('accounts/:accountId/tariff')
  @Staff('tariffs:write')
  @ApiOperation({ summary: 'Price an account by a tariff, from now on or later', operationId: 'assignTariff' })
  @ApiOkResponse({ type: AccountTariffPage })
  @ApiProblems(400, 404, 422)
  async assign(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @Body() body: AssignTariffDto,
  ): Promise<AccountTariffPage> {
    const tariffs = await this.book.assign(actorOf(principal), accountId, body);
    return { data: tariffs.map((one) => AccountTariffResponse.of(one)), nextCursor: null };
  }
}

function answer(tariff: Tariff, reply: FastifyReply): TariffResponse {
  reply.header('etag', etagOf(tariff.version));
  return TariffResponse.of(tariff);
}

function mapPage<R, T>({ data, nextCursor }: Page<R>, view: (row: R) => T): Page<T> {
  return { data: data.map(view), nextCursor };
}

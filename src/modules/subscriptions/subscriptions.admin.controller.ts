import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../database/database.js';
import { cursorId, cursorNumber, decodeCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIdempotent,
  ApiIfMatch,
  ApiProblems,
  CurrentLocale,
  CurrentPrincipal,
  etagOf,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import type { Locale } from '../../kernel/locale.js';
import { AccountsService } from '../accounts/index.js';
import { BuyService } from './actions/buy-service.js';
import { CancelSubscription } from './actions/cancel-subscription.js';
import { Catalogue } from './catalogue.js';
import type { Service } from './domain/service.js';
import { SUBSCRIPTION_STATUSES } from './domain/subscription.js';
import {
  AddServicePricesDto,
  CreateServiceDto,
  ServicePage,
  ServicePricePage,
  ServicePriceResponse,
  ServiceResponse,
  UpdateServiceDto,
} from './dto/service.dto.js';
import { BuyServiceDto, SubscriptionPage, SubscriptionResponse } from './dto/subscription.dto.js';
import { findService, findServices } from './persistence/services.js';
import { listByStatus } from './persistence/subscriptions.js';

@ApiTags('services (staff)')
@Controller('admin/v1')
export class SubscriptionsAdminController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly catalogue: Catalogue,
    private readonly idempotency: IdempotencyService,
    private readonly buyService: BuyService,
    private readonly cancelSubscription: CancelSubscription,
  ) {}

  @Get('services')
  @Staff('services:read')
  @ApiOperation({ summary: 'The catalogue of services, by code', operationId: 'listServices' })
  @ApiOkResponse({ type: ServicePage })
  @ApiProblems(400, 422)
  async list(@Query() page: PageQuery): Promise<ServicePage> {
    const { data, nextCursor } = await this.catalogue.list(page);
    return { data: data.map((service) => ServiceResponse.of(service)), nextCursor };
  }

  @Post('services')
  @Staff('services:write')
  @ApiOperation({ summary: 'Add a service to the catalogue, with its first prices', operationId: 'createService' })
  @ApiCreatedResponse({ type: ServiceResponse })
  @ApiProblems(409, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateServiceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceResponse> {
    return answer(reply, await this.catalogue.create(actorOf(principal), body));
  }

  @Get('services/:id')
  @Staff('services:read')
  @ApiOperation({ summary: 'One service', operationId: 'getService' })
  @ApiOkResponse({ type: ServiceResponse })
  @ApiProblems(404)
  async get(@IdParam() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<ServiceResponse> {
    return answer(reply, await this.catalogue.get(id));
  }

  @Patch('services/:id')
  @Staff('services:write')
  @ApiOperation({
    summary: 'Change a service, or take it off sale',
    description: 'Whoever has it keeps it, with the features that it has from now on.',
    operationId: 'updateService',
  })
  @ApiOkResponse({ type: ServiceResponse })
  @ApiIfMatch()
  @ApiProblems(404, 422)
  async update(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateServiceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceResponse> {
    return answer(reply, await this.catalogue.update(actorOf(principal), id, version, body));
  }

  @Get('services/:id/prices')
  @Staff('services:read')
  @ApiOperation({ summary: 'Prices of a service with their history, by currency', operationId: 'listServicePrices' })
  @ApiOkResponse({ type: ServicePricePage })
  @ApiProblems(400, 404, 422)
  async prices(@IdParam() id: string, @Query() page: PageQuery): Promise<ServicePricePage> {
    const { data, nextCursor } = await this.catalogue.listPrices(id, page);
    return { data: data.map((price) => ServicePriceResponse.of(price)), nextCursor };
  }

  @Post('services/:id/prices')
  @HttpCode(200)
  @Staff('services:write')
  @ApiOperation({
    summary: 'Add prices that hold from now on or later',
    description: 'A subscription is charged at the price in force when its period begins.',
    operationId: 'addServicePrices',
  })
  @ApiOkResponse({ type: ServiceResponse })
  @ApiProblems(404, 422)
  async addPrices(
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @Body() { prices }: AddServicePricesDto,
  ): Promise<ServiceResponse> {
    return ServiceResponse.of(await this.catalogue.addPrices(actorOf(principal), id, prices));
  }

  @Get('accounts/:accountId/subscriptions')
  @Staff('subscriptions:read')
  @ApiOperation({ summary: 'Subscriptions of an account, running ones first', operationId: 'listAccountSubscriptions' })
  @ApiOkResponse({ type: SubscriptionPage })
  @ApiProblems(400, 404, 422)
  async subscriptions(
    @IdParam('accountId') accountId: string,
    @CurrentLocale() locale: Locale,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<SubscriptionPage> {
    await this.accounts.get(accountId);
    const [rank, id] = decodeCursor(cursor, cursorNumber, cursorId) ?? [];
    const after = rank === undefined ? null : { rank, id: id! };
    const rows = await listByStatus(this.database, accountId, { after, descending: false, limit: limit + 1 });
    const ids = [...new Set(rows.map(({ serviceId }) => serviceId))];
    const services = new Map((await findServices(this.database, ids, [])).map((one) => [one.id, one]));
    return toPage(
      rows,
      limit,
      (row) => [String(SUBSCRIPTION_STATUSES.indexOf(row.status)), row.id],
      (row) => SubscriptionResponse.of(row, services.get(row.serviceId)!, locale),
    );
  }

  @Post('accounts/:accountId/subscriptions')
  @Staff('subscriptions:write')
  @ApiOperation({
    summary: 'Buy a service for an account, also where it may not buy it itself',
    operationId: 'buyServiceForAccount',
  })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: SubscriptionResponse })
  @ApiProblems(402, 404, 409, 422)
  async buy(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @CurrentLocale() locale: Locale,
    @Idempotency() claim: IdempotencyClaim,
    @Body() { service }: BuyServiceDto,
  ) {
    await this.accounts.get(accountId);
    const purchase = { accountId, serviceCode: service, buyer: 'staff' as const, actor: actorOf(principal) };
    return this.idempotency.execute(claim, 201, async (tx) => {
      const bought = await this.buyService.run(tx, purchase);
      return SubscriptionResponse.of(bought.subscription, bought.service, locale);
    });
  }

  @Post('accounts/:accountId/subscriptions/:id/cancel')
  @HttpCode(200)
  @Staff('subscriptions:write')
  @ApiOperation({
    summary: 'End an account’s subscription with what is paid for; one that waits for funds at once',
    operationId: 'cancelAccountSubscription',
  })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems(404, 409)
  async cancel(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentLocale() locale: Locale,
  ): Promise<SubscriptionResponse> {
    const subscription = await this.cancelSubscription.run(accountId, id, actorOf(principal));
    const service = await findService(this.database, subscription.serviceId);
    return SubscriptionResponse.of(subscription, service!, locale);
  }
}

function answer(reply: FastifyReply, service: Service): ServiceResponse {
  reply.header('etag', etagOf(service.version));
  return ServiceResponse.of(service);
}

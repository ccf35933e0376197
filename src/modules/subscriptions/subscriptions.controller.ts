import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentAccount,
  CurrentLocale,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  PageQuery,
  type Principal,
  RequirePermission,
} from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import type { Locale } from '../../kernel/locale.js';
import { AccountsService } from '../accounts/index.js';
import { BuyService } from './actions/buy-service.js';
import { CancelSubscription } from './actions/cancel-subscription.js';
import { saleRefusal } from './domain/service.js';
import type { Subscription } from './domain/subscription.js';
import { OfferPage, OfferResponse } from './dto/service.dto.js';
import { BuyServiceDto, ListServicesQuery, ServiceInUsePage, SubscriptionResponse } from './dto/subscription.dto.js';
import { findService, listOffers } from './persistence/services.js';
import { findSubscription } from './persistence/subscriptions.js';
import { ServicesInUse } from './services-in-use.js';
import { subscriptionNotFound } from './subscriptions.errors.js';

@ApiTags('services')
@Controller('v1')
export class SubscriptionsController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly idempotency: IdempotencyService,
    private readonly inUse: ServicesInUse,
    private readonly buyService: BuyService,
    private readonly cancelSubscription: CancelSubscription,
  ) {}

  @Get('services')
  @RequirePermission('subscriptions:read')
  @ApiOperation({
    summary: 'Services in use, with status, validity, tariff and the balance that pays them',
    operationId: 'listServicesInUse',
  })
  @ApiOkResponse({ type: ServiceInUsePage })
  @ApiProblems(400, 422)
  list(
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @Query() query: ListServicesQuery,
  ): Promise<ServiceInUsePage> {
    return this.inUse.list(accountId, locale, query);
  }

  @Get('service-offers')
  @RequirePermission('subscriptions:read')
  @ApiOperation({
    summary: 'Services that are sold in the account’s country, with their prices',
    operationId: 'listServiceOffers',
  })
  @ApiOkResponse({ type: OfferPage })
  @ApiProblems(400, 422)
  async offers(
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @Query() page: PageQuery,
  ): Promise<OfferPage> {
    const { country, currency } = await this.accounts.get(accountId);
    const { data, nextCursor } = await listOffers(this.database, { country, currency, now: this.clock.now() }, page);
    const view = (offer: (typeof data)[number]) =>
      OfferResponse.of(offer, currency, locale, saleRefusal(offer, country, 'account') === null);
    return { data: data.map(view), nextCursor };
  }

  @Post('subscriptions')
  @RequirePermission('subscriptions:write')
  @ApiOperation({
    summary: 'Buy a service: monthly, or once',
    description:
      'Charged from the wallet at once; a monthly one again at midnight of each month’s day, by the clock of the account. Without funds 402 with the shortfall, and nothing is bought.',
    operationId: 'buyService',
  })
  @ApiIdempotent()
  @ApiCreatedResponse({ type: SubscriptionResponse })
  @ApiProblems(402, 403, 409, 422)
  buy(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @Idempotency() claim: IdempotencyClaim,
    @Body() { service }: BuyServiceDto,
  ) {
    const purchase = { accountId, serviceCode: service, buyer: 'account' as const, actor: actorOf(principal) };
    return this.idempotency.execute(claim, 201, async (tx) => {
      const bought = await this.buyService.run(tx, purchase);
      return SubscriptionResponse.of(bought.subscription, bought.service, locale);
    });
  }

  @Get('subscriptions/:id')
  @RequirePermission('subscriptions:read')
  @ApiOperation({ summary: 'One subscription', operationId: 'getSubscription' })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems(404)
  async get(
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @IdParam() id: string,
  ): Promise<SubscriptionResponse> {
    const subscription = await findSubscription(this.database, { accountId, id });
    if (!subscription) throw subscriptionNotFound();
    return this.view(subscription, locale);
  }

  @Post('subscriptions/:id/cancel')
  @HttpCode(200)
  @RequirePermission('subscriptions:write')
  @ApiOperation({
    summary: 'End a subscription with what is paid for; one that waits for funds at once',
    operationId: 'cancelSubscription',
  })
  @ApiOkResponse({ type: SubscriptionResponse })
  @ApiProblems(404, 409)
  async cancel(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @CurrentLocale() locale: Locale,
    @IdParam() id: string,
  ): Promise<SubscriptionResponse> {
    return this.view(await this.cancelSubscription.run(accountId, id, actorOf(principal)), locale);
  }

  private async view(subscription: Subscription, locale: Locale): Promise<SubscriptionResponse> {
    const service = await findService(this.database, subscription.serviceId);
    return SubscriptionResponse.of(subscription, service!, locale);
  }
}

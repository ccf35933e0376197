import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { TariffsModule } from '../tariffs/index.js';
import { WalletsModule } from '../wallets/index.js';
import { BuyService } from './actions/buy-service.js';
import { CancelSubscription } from './actions/cancel-subscription.js';
import { ChargePeriod } from './actions/charge-period.js';
import { RenewSubscriptions } from './actions/renew-subscriptions.js';
import { Catalogue } from './catalogue.js';
import { ServicesInUse } from './services-in-use.js';
import { SubscriptionFeatures } from './subscription-features.js';
import { SubscriptionsAdminController } from './subscriptions.admin.controller.js';
import { SubscriptionsController } from './subscriptions.controller.js';

/** Services that are sold beside messages, and who has them. */
@Module({
  imports: [AccountsModule, TariffsModule, WalletsModule],
  controllers: [SubscriptionsController, SubscriptionsAdminController],
  providers: [
    BuyService,
    CancelSubscription,
    Catalogue,
    ChargePeriod,
    RenewSubscriptions,
    ServicesInUse,
    SubscriptionFeatures,
  ],
  exports: [RenewSubscriptions],
})
export class SubscriptionsModule {}

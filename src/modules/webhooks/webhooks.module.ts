import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { InboundModule } from '../inbound/index.js';
import { ForgetEvents } from './actions/forget-events.js';
import { RecordEvents } from './actions/record-events.js';
import { SendDelivery } from './actions/send-delivery.js';
import { SettleDelivery } from './actions/settle-delivery.js';
import { DeliveryRunner } from './delivery-runner.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookEndpoints } from './webhook-endpoints.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookSettings } from './webhook-settings.js';
import { WebhooksController } from './webhooks.controller.js';

/** Events for portals. Nothing is recorded or sent until a worker starts {@link RecordEvents} and {@link DeliveryRunner}. */
@Module({
  imports: [AccountsModule, InboundModule],
  controllers: [WebhooksController],
  providers: [
    DeliveryRunner,
    ForgetEvents,
    RecordEvents,
    SendDelivery,
    SettleDelivery,
    WebhookDeliveries,
    WebhookEndpoints,
    WebhookSecrets,
    WebhookSettings,
  ],
  exports: [DeliveryRunner, ForgetEvents, RecordEvents],
})
export class WebhooksModule {}

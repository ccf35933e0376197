import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Env } from '../config/env.js';
import { loadSecrets, Secrets } from '../config/secrets.js';
import { DatabaseModule } from '../database/database.module.js';
import type { ServerAhead } from '../database/open-server.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { AccountsModule } from '../modules/accounts/index.js';
import { ActsModule } from '../modules/acts/index.js';
import { AlertsModule } from '../modules/alerts/index.js';
import { AuditModule } from '../modules/audit/index.js';
import { CampaignsModule } from '../modules/campaigns/index.js';
import { ContactsModule } from '../modules/contacts/index.js';
import { IdentityModule } from '../modules/identity/index.js';
import { InboundModule } from '../modules/inbound/index.js';
import { InvoicesModule } from '../modules/invoices/index.js';
import { MessagesModule } from '../modules/messages/index.js';
import { DispatchModule } from '../modules/messages/dispatch/dispatch.module.js';
import { NumbersModule } from '../modules/numbers/index.js';
import { OperationsModule } from '../modules/operations/index.js';
import { PaymentsModule } from '../modules/payments/index.js';
import { MissedCallsModule } from '../modules/missed-calls/index.js';
import { ProvidersModule } from '../modules/providers/index.js';
import { SendersModule } from '../modules/senders/index.js';
import { StatisticsModule } from '../modules/statistics/index.js';
import { SubscriptionsModule } from '../modules/subscriptions/index.js';
import { TariffsModule } from '../modules/tariffs/index.js';
import { TemplatesModule } from '../modules/templates/index.js';
import { WalletsModule } from '../modules/wallets/index.js';
import { WebhooksModule } from '../modules/webhooks/index.js';
import { HealthController } from './health.controller.js';
import { ObservationShutdown } from './observation.js';
import { Scheduler } from './scheduler.js';
import { VerificationBySmsModule } from './verification-by-sms.js';
import { Workers } from './workers.js';

/** The environment and the keys, for everybody. */
@Global()
@Module({})
class SettingsModule {
  static forRoot(env: Env): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: Env, useValue: env },
        { provide: Secrets, useFactory: () => loadSecrets(env) },
      ],
      exports: [Env, Secrets],
    };
  }
}

/**
 * Everything a process may be. Which half runs is decided by who calls what: `api.ts` listens, `worker.ts` starts
 * {@link Workers}; the modules are the same in both.
 */
@Module({})
export class AppModule {
  static forRoot(env: Env, ahead?: ServerAhead): DynamicModule {
    const identity = IdentityModule.forRoot({ imports: [VerificationBySmsModule] });
    return {
      module: AppModule,
      imports: [
        SettingsModule.forRoot(env),
        DatabaseModule.forRoot({ env, entities: [], applicationName: `kabinet ${env.ROLE}`, ahead }),
        ScheduleModule.forRoot(),
        GatewayModule.forRoot({ imports: [identity] }),
        identity,
        AccountsModule,
        ActsModule,
        AlertsModule,
        AuditModule,
        CampaignsModule,
        ContactsModule,
        DispatchModule,
        InboundModule,
        InvoicesModule,
        MessagesModule,
        NumbersModule,
        OperationsModule,
        PaymentsModule,
        ProvidersModule,
        SendersModule,
        MissedCallsModule,
        StatisticsModule,
        SubscriptionsModule,
        TariffsModule,
        TemplatesModule,
        WalletsModule,
        WebhooksModule,
      ],
      controllers: [HealthController],
      providers: [ObservationShutdown, Scheduler, Workers],
    };
  }
}

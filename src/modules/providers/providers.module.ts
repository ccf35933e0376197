import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { NumbersModule } from '../numbers/index.js';
import { AddPurchasePrices } from './actions/add-purchase-prices.js';
import { AskBalance } from './actions/ask-balance.js';
import { ChangeLifecycle } from './actions/change-lifecycle.js';
import { CheckCredentials } from './actions/check-credentials.js';
import { DryRun } from './actions/dry-run.js';
import { PauseProvider } from './actions/pause-provider.js';
import { ProbePaused } from './actions/probe-paused.js';
import { ResumeProvider } from './actions/resume-provider.js';
import { RotateCredentials } from './actions/rotate-credentials.js';
import { SaveOwnProvider } from './actions/save-own-provider.js';
import { SaveProvider } from './actions/save-provider.js';
import { SaveRoute } from './actions/save-route.js';
import { WatchLinks } from './actions/watch-links.js';
import { CallbackBook } from './callbacks/callback-book.js';
import { CallbacksController } from './callbacks/callbacks.controller.js';
import { BindLeases } from './connections/bind-leases.js';
import { ConnectionSettings } from './connections/connection-settings.js';
import { LinkKeeper } from './connections/link-keeper.js';
import { LinkOpener } from './connections/link-opener.js';
import { OwnProvidersController } from './own-providers.controller.js';
import { ParkedReportsAdminController } from './parked-reports.admin.controller.js';
import { ProviderConnections } from './connections/provider-connections.js';
import { CredentialVault } from './credentials/credential-vault.js';
import { AskForStatuses } from './polling/ask-for-statuses.js';
import { AskOverLinks } from './polling/ask-over-links.js';
import { ProvidersRepository } from './persistence/providers.repository.js';
import { PurchasePricesRepository } from './persistence/purchase-prices.repository.js';
import { RoutesRepository } from './persistence/routes.repository.js';
import { PurchasePricesAdminController } from './purchase-prices.admin.controller.js';
import { ProvidersAdminController } from './providers.admin.controller.js';
import './providers.errors.js';
import { ProviderLoad } from './provider-load.js';
import { ProvidersService } from './providers.service.js';
import { RateGates } from './rate-gates.js';
import { InboundInbox } from './inbound-inbox.js';
import { ReportInbox } from './report-inbox.js';
import { SendingLines } from './sending-lines.js';
import { RoutesAdminController } from './routes.admin.controller.js';

/** Providers, routes, rate gates, links and the report inbox. Needs the global Database, Clock, Env and Secrets. */
@Module({
  imports: [AccountsModule, NumbersModule],
  controllers: [
    ProvidersAdminController,
    RoutesAdminController,
    ParkedReportsAdminController,
    OwnProvidersController,
    PurchasePricesAdminController,
    CallbacksController,
  ],
  providers: [
    ProviderLoad,
    ProvidersService,
    RateGates,
    InboundInbox,
    ReportInbox,
    SendingLines,
    { provide: ProviderConnections, useClass: LinkKeeper },
    BindLeases,
    LinkOpener,
    { provide: ConnectionSettings, useValue: new ConnectionSettings() },
    CredentialVault,
    ProvidersRepository,
    RoutesRepository,
    PurchasePricesRepository,
    AddPurchasePrices,
    SaveProvider,
    SaveOwnProvider,
    SaveRoute,
    ChangeLifecycle,
    PauseProvider,
    CheckCredentials,
    ProbePaused,
    ResumeProvider,
    RotateCredentials,
    DryRun,
    AskBalance,
    AskForStatuses,
    AskOverLinks,
    WatchLinks,
    CallbackBook,
  ],
  exports: [
    InboundInbox,
    AskForStatuses,
    AskOverLinks,
    ProbePaused,
    ProviderLoad,
    ProvidersService,
    RateGates,
    ReportInbox,
    ProviderConnections,
    SendingLines,
    WatchLinks,
  ],
})
export class ProvidersModule {}

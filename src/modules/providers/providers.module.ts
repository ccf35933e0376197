import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { PauseProvider } from './actions/pause-provider.js';
import { BindLeases } from './connections/bind-leases.js';
import { ConnectionSettings } from './connections/connection-settings.js';
import { LinkKeeper } from './connections/link-keeper.js';
import { LinkOpener } from './connections/link-opener.js';
import { ProviderConnections } from './connections/provider-connections.js';
import { CredentialVault } from './credentials/credential-vault.js';
import { ProvidersService } from './providers.service.js';
import { RateGates } from './rate-gates.js';
import { ReportInbox } from './report-inbox.js';

/** Providers, routes, rate gates, links and the report inbox. Needs the global Database, Clock, Env and Secrets. */
@Module({
  imports: [AccountsModule],
  providers: [
    ProvidersService,
    RateGates,
    ReportInbox,
    { provide: ProviderConnections, useClass: LinkKeeper },
    BindLeases,
    LinkOpener,
    CredentialVault,
    PauseProvider,
    { provide: ConnectionSettings, useValue: new ConnectionSettings() },
  ],
  exports: [ProvidersService, RateGates, ReportInbox, ProviderConnections],
})
export class ProvidersModule {}

import { Module } from '@nestjs/common';
import { ProviderConnections } from './connections/provider-connections.js';
import { ProvidersService } from './providers.service.js';
import { RateGates } from './rate-gates.js';
import { ReportInbox } from './report-inbox.js';

/** Providers, routes, rate gates, links and the report inbox. Needs the global Database, Clock, Env and Secrets. */
@Module({
  providers: [ProvidersService, RateGates, ReportInbox, ProviderConnections],
  exports: [ProvidersService, RateGates, ReportInbox, ProviderConnections],
})
export class ProvidersModule {}

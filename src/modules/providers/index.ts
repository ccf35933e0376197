export { ProviderConnections, type ActiveConnection, type LateAnswers } from './connections/provider-connections.js';
export type { ProviderKind, ProviderLifecycle, SenderPolicy } from './domain/provider.js';
export { LANES, RouteBook, type Lane, type Route, type RoutePick } from './domain/route-book.js';
export { ProvidersModule } from './providers.module.js';
export { ProvidersService } from './providers.service.js';
export { RateGates, type RateGate, type RateGrant, type TakeOptions } from './rate-gates.js';
export { ReportInbox, type InboxReport } from './report-inbox.js';
export * from './sms-provider.js';
export { providerGate, type ProviderSnapshot } from './provider-snapshot.js';

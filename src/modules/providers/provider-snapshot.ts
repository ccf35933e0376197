import type { WeeklyWindow } from '../../kernel/time-window.js';
import type { ProviderKind, ProviderLifecycle, SenderPolicy } from './domain/provider.js';

/** What other modules may know of a provider: no settings, no credentials. A few seconds old at most. */
export interface ProviderSnapshot {
  id: string;
  /** The account that owns it; null: the operator's own. Only the operator's own providers are in the shared route book. */
  ownerAccountId: string | null;
  code: string;
  kind: ProviderKind;
  name: string;
  status: ProviderLifecycle;
  pauseReason: string | null;
  /** Of the whole provider, in what the peer counts: SMPP PDUs or HTTP requests. */
  ratePerSecond: number;
  /** Links that may be open at once, over all workers. */
  maxBinds: number;
  /** Hours in which the provider may be used; null: always. */
  sendingWindow: WeeklyWindow | null;
  senderPolicy: SenderPolicy;
  /** What it refuses with one of these codes may go on to another provider. */
  passOnCodes: readonly string[];
  version: number;
  /** None of its links could send for so long that other routes have taken over. */
  isFailing: boolean;
}

/** The name of a provider's rate gate, see {@link RateGates}. */
export function providerGate(provider: Pick<ProviderSnapshot, 'id' | 'ratePerSecond'>): {
  gate: string;
  perSecond: number;
} {
  return { gate: `provider:${provider.id}`, perSecond: provider.ratePerSecond };
}

/** Which adapter carries a provider's messages. */
export const PROVIDER_KINDS = ['smpp', 'http', 'twilio', 'vonage', 'infobip', 'smsapi', 'smsc', 'intis'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/**
 * `active`: sends. `draining`: sends nothing more, its links stay open for reports. `paused`: its links are closed; messages
 * wait in the queue or take another route. A pause always has a reason.
 */
export type ProviderLifecycle = 'active' | 'draining' | 'paused';

/** Why a provider that an account entered is paused until the operator switches it on. */
export const AWAITING_ACTIVATION = 'awaiting_activation';

/** Reasons of the system's own pauses: it looks by itself whether they still hold, and resumes when they do not. */
export const SYSTEM_PAUSES = ['credentials_refused', 'provider_no_funds'] as const;
export type SystemPause = (typeof SYSTEM_PAUSES)[number];

export function isSystemPause(reason: string | null): reason is SystemPause {
  return (SYSTEM_PAUSES as readonly (string | null)[]).includes(reason);
}

/** Which sender a message may show at this provider. `fixed` replaces whatever was asked for. */
export type SenderPolicy = { kind: 'any' } | { kind: 'listed'; senders: string[] } | { kind: 'fixed'; sender: string };

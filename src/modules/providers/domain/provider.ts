/** Which adapter carries a provider's messages. */
export const PROVIDER_KINDS = ['smpp', 'http', 'twilio', 'vonage', 'infobip', 'smsapi', 'smsc', 'intis'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/**
 * `active`: sends. `draining`: sends nothing more, its links stay open for reports. `paused`: its links are closed; messages
 * wait in the queue or take another route. A pause always has a reason.
 */
export type ProviderLifecycle = 'active' | 'draining' | 'paused';

/** Which sender a message may show at this provider. `fixed` replaces whatever was asked for. */
export type SenderPolicy = { kind: 'any' } | { kind: 'listed'; senders: string[] } | { kind: 'fixed'; sender: string };

/** Why a message stays where it is queued. */
export const STAY_REASONS = ['partly_sent', 'refused_before', 'sender_not_allowed', 'no_other_route'] as const;
export type StayReason = (typeof STAY_REASONS)[number];

export interface MoveTarget {
  id: string;
  senderPolicy: { kind: 'any' } | { kind: 'listed'; senders: string[] } | { kind: 'fixed'; sender: string };
}

/**
 * Whether a waiting message may go to another provider, and under which sender. What has parts at a provider already stays with it:
 * only that one can send the rest. Who refused it once is not asked again. The sender must be one that the other provider takes, or is the one that it fixes.
 */
export function moveTo(
  message: {
    sender: string | null;
    partsGone: readonly number[] | null;
    /** Providers that refused it. */
    refusedBy: readonly string[] | null;
  },
  target: MoveTarget | null,
): { providerId: string; sender: string | null } | StayReason {
  if (message.partsGone !== null && message.partsGone.length > 0) return 'partly_sent';
  if (!target) return 'no_other_route';
  if (message.refusedBy?.includes(target.id)) return 'refused_before';
  const { id: providerId, senderPolicy: policy } = target;
  if (policy.kind === 'fixed') return { providerId, sender: policy.sender };
  const isKnown = policy.kind === 'any' || (message.sender !== null && policy.senders.includes(message.sender));
  return isKnown ? { providerId, sender: message.sender } : 'sender_not_allowed';
}

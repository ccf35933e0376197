import type { PartOutcome } from './message-outcome.js';
import type { ChargeState, DeliveryPolicy } from './message.js';

/** What became of an outcome that was unknown. `repeat`: a flagged resend, for the account that asked for it or forced by operations. */
export type Explanation =
  | { kind: 'submitted' }
  | { kind: 'rejected' }
  | { kind: 'not_sent' }
  | { kind: 'repeat'; because: 'at_least_once' | 'forced' }
  | { kind: 'expired'; cause: 'deadline' | 'validity' }
  | { kind: 'still_unknown' };

/** What late answers make of a message, with what is known of the other parts of its attempt. */
export function explainedBy(
  answers: readonly PartOutcome[],
  known: readonly { partNo: number; state: string }[],
  message: { parts: number; chargeState: ChargeState; validUntil: Date },
  now: Date,
): Explanation {
  const states = new Map(known.map(({ partNo, state }) => [partNo, state]));
  for (const { partNo, kind } of answers) states.set(partNo, kind);
  const all = [...states.values()];
  if (all.includes('unknown')) return { kind: 'still_unknown' };
  if (all.includes('rejected')) return { kind: 'rejected' };
  // Parts without a row were never tried, because another one's outcome was unknown.
  if (states.size === message.parts && !all.includes('not_sent')) return { kind: 'submitted' };
  // What was charged had left, whatever a later answer says: a report or the deadline ends it, not the queue.
  if (message.chargeState !== 'held') return { kind: 'still_unknown' };
  return message.validUntil <= now ? { kind: 'expired', cause: 'validity' } : { kind: 'not_sent' };
}

/** What happens when nobody explained it in time. Only what may have been lost on the way is sent again, and only once. */
export function afterDeadline(
  attempt: { attemptState: string; repeatReason: string | null },
  message: { deliveryPolicy: DeliveryPolicy; chargeState: ChargeState; validUntil: Date },
  now: Date,
): Explanation {
  const mayRepeat = message.deliveryPolicy === 'at_least_once' && attempt.repeatReason === null;
  const mayBeLost = attempt.attemptState === 'unknown' && message.chargeState === 'held';
  if (mayRepeat && mayBeLost && now < message.validUntil) return { kind: 'repeat', because: 'at_least_once' };
  return { kind: 'expired', cause: 'deadline' };
}

export const DECISIONS = ['requeue', 'give_up'] as const;
export type Decision = (typeof DECISIONS)[number];

/** Why an outcome is not decided as operations wished. `not_unknown`: it was explained meanwhile, or never was unknown. */
export const DECISION_REFUSALS = ['not_unknown', 'taken_over', 'validity_over'] as const;
export type DecisionRefusal = (typeof DECISION_REFUSALS)[number];

/**
 * What operations may make of it: the same as the deadline, sooner, and a resend also where the account did not ask for one. What
 * the provider had taken over, or what was charged, is never sent again by anybody.
 */
export function decidedBy(
  decision: Decision,
  { attemptState }: { attemptState: string },
  message: { chargeState: ChargeState; validUntil: Date },
  now: Date,
): Explanation | DecisionRefusal {
  if (decision === 'give_up') return { kind: 'expired', cause: 'deadline' };
  if (attemptState !== 'unknown' || message.chargeState !== 'held') return 'taken_over';
  return message.validUntil <= now ? 'validity_over' : { kind: 'repeat', because: 'forced' };
}

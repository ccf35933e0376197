import type { PartOutcome } from './message-outcome.js';
import type { ChargeState, DeliveryPolicy } from './message.js';

/** What became of an outcome that was unknown. `repeat`: one flagged resend. */
export type Explanation =
  | { kind: 'submitted' }
  | { kind: 'rejected' }
  | { kind: 'not_sent' }
  | { kind: 'repeat' }
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
  if (mayRepeat && mayBeLost && now < message.validUntil) return { kind: 'repeat' };
  return { kind: 'expired', cause: 'deadline' };
}

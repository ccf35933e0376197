import { moveTo, type MoveTarget } from './backlog-move.js';
import type { PartOutcome } from './message-outcome.js';

/** So many providers may refuse a message; then it is rejected, however many routes there are. */
export const MAX_REFUSALS = 5;

/** A message that was refused just now. */
export interface RefusedMessage {
  providerId: string;
  sender: string | null;
  validUntil: Date;
  repeatReason: string | null;
  partsGone: readonly number[] | null;
}

/** How an earlier attempt of it ended, and where. */
export interface EarlierAttempt {
  providerId: string;
  state: string;
}

/**
 * Whether a refusal leaves it to others to take the message: it is valid still, none of its parts left or may have left, and whatever
 * part was refused was so with one of these codes. That a recipient wants no messages is true at every provider.
 */
export function mayPassOn(
  message: RefusedMessage,
  parts: readonly PartOutcome[],
  codes: readonly string[],
  now: Date,
): boolean {
  if (message.validUntil <= now || message.repeatReason !== null || (message.partsGone ?? []).length > 0) return false;
  const passesOn = (part: PartOutcome) => part.kind === 'rejected' && !part.optedOut && codes.includes(part.code);
  return parts.some(passesOn) && parts.every((part) => part.kind === 'not_sent' || passesOn(part));
}

/**
 * Who of the candidates, best first, gets it then, and under which sender; null: nobody is left. Nobody is asked twice, and nobody at
 * all when it is not known of an earlier attempt that nothing of it was sent.
 */
export function passTo(
  message: RefusedMessage,
  earlier: readonly EarlierAttempt[],
  candidates: readonly MoveTarget[],
): { providerId: string; sender: string | null } | null {
  if (earlier.some(({ state }) => state !== 'rejected' && state !== 'not_sent')) return null;
  const refusals = earlier.filter(({ state }) => state === 'rejected').map(({ providerId }) => providerId);
  const refusedBy = [...new Set([...refusals, message.providerId])];
  if (refusedBy.length >= MAX_REFUSALS) return null;
  for (const candidate of candidates) {
    const target = moveTo({ ...message, refusedBy }, candidate);
    if (typeof target !== 'string') return target;
  }
  return null;
}

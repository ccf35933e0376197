import { instantOf, lowestIdAt } from '../../../kernel/ids.js';
import type { MessageState } from './message.js';

const HOUR_MS = 3_600_000;

/** The attempts that began in one hour, as a range of their ids: half-open. */
export interface AttemptHour {
  start: Date;
  fromId: string;
  untilId: string;
}

export function attemptHour(start: Date): AttemptHour {
  return { start, fromId: lowestIdAt(start), untilId: lowestIdAt(nextHour(start)) };
}

/** The hour in which the attempt of this id began. */
export function hourOf(attemptId: string): Date {
  return new Date(Math.floor(instantOf(attemptId).getTime() / HOUR_MS) * HOUR_MS);
}

export function nextHour(start: Date): Date {
  return new Date(start.getTime() + HOUR_MS);
}

/** Whether the last attempt of the hour has waited as long as the most impatient provider lets any. */
export function isRipe({ start }: AttemptHour, leastGraceHours: number, now: Date): boolean {
  return nextHour(start).getTime() + leastGraceHours * HOUR_MS <= now.getTime();
}

/** What is to be done with a message that is still open when it is looked at. */
export type Overdue = { kind: 'expire' } | { kind: 'look_again'; at: Date };

/**
 * A submitted message ends when its validity, and the provider's grace behind it, are over. One that is not submitted (not yet again, or its
 * outcome is unknown) has an end of its own; it is looked at again, because it may come to be submitted after all.
 */
export function overdue(
  { state, validUntil }: { state: MessageState; validUntil: Date },
  graceHours: number,
  now: Date,
): Overdue {
  const deadline = new Date(validUntil.getTime() + graceHours * HOUR_MS);
  if (deadline > now) return { kind: 'look_again', at: deadline };
  return state === 'submitted' ? { kind: 'expire' } : { kind: 'look_again', at: nextHour(now) };
}

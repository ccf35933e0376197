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
export type Overdue = { kind: 'expire' } | { kind: 'look_again' | 'ask'; at: Date };

/** Of whoever was to report. */
export interface Reporter {
  graceHours: number;
  /** It can be asked what became of a message. */
  canBeAsked: boolean;
}

/** So long may a provider take to answer, before its silence counts. */
const ASK_MS = HOUR_MS;

/**
 * A submitted message ends when its validity, and the provider's grace behind it, are over; a provider that can be asked is asked first: it may
 * be its report that was lost. A look that was planned for after the deadline is the second one. A message that is not submitted (not yet again, or its
 * outcome is unknown) has an end of its own; it is looked at again, because it may come to be submitted after all.
 */
export function overdue(
  { state, validUntil }: { state: MessageState; validUntil: Date },
  { graceHours, canBeAsked }: Reporter,
  lookAt: Date | null,
  now: Date,
): Overdue {
  const deadline = new Date(validUntil.getTime() + graceHours * HOUR_MS);
  if (deadline > now) return { kind: 'look_again', at: deadline };
  if (state !== 'submitted') return { kind: 'look_again', at: nextHour(now) };
  const isSecondLook = lookAt !== null && lookAt > deadline;
  return canBeAsked && !isSecondLook ? { kind: 'ask', at: new Date(now.getTime() + ASK_MS) } : { kind: 'expire' };
}

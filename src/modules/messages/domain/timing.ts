import { type CompiledWindow, nextCommonOpening, type WeeklyWindow } from '../../../kernel/time-window.js';
import type { Lane } from './message.js';

/** How long a message may be tried, when nobody says otherwise, from when it may leave. Codes are worthless soon. */
const DEFAULT_VALIDITY_SECONDS: Record<Lane, number> = { otp: 600, transactional: 86_400, bulk: 86_400 };
export const MIN_VALIDITY_SECONDS = 60;
export const MAX_VALIDITY_SECONDS = 7 * 86_400;
/** How far ahead a message may be scheduled. */
export const MAX_AHEAD_DAYS = 366;
const DAY_MS = 86_400_000;
/** Clocks differ, and requests take their time: what is meant for a moment ago is meant for now. */
const LATENESS_MS = 5 * 60_000;

/** Whether an instant that somebody asks for is past, and by more than clocks differ. */
export function isLongPast(instant: Date, now: Date): boolean {
  return now.getTime() - instant.getTime() > LATENESS_MS;
}

export interface TimingRules {
  lane: Lane;
  now: Date;
  /** Not before this; never in the past. */
  wanted: Date;
  validitySeconds: number | null;
  windowAction: 'wait' | 'drop';
  /** Of the group and the request. */
  windows: readonly WeeklyWindow[];
  /** One-time codes ignore it. */
  accountWindow: WeeklyWindow | null;
}

export interface Timing {
  dueAt: Date;
  validUntil: Date;
  /** An opening is waited for. */
  waits: boolean;
}

/**
 * When a message that one provider carries may leave, and until when: the next common opening of provider, account, recipient, group
 * and request. Null: not within its validity, or not at once where the caller said `drop`; the message is blocked (`window`).
 * `recipientWindow` is null for one-time codes.
 *
 * A validity that was asked for counts from the wanted time, the default one from the opening: a text for Friday evening may well
 * leave on Monday, unless its author set a term. What will not leave because nobody can tell the recipient's hours waits until its
 * validity ends: somebody may lift these hours meanwhile.
 */
export function timing(
  rules: TimingRules,
  providerWindow: WeeklyWindow | null,
  recipientWindow: CompiledWindow | null,
): Timing | null {
  const { lane, wanted, validitySeconds, accountWindow } = rules;
  const windows = [providerWindow, lane === 'otp' ? null : accountWindow, recipientWindow, ...rules.windows].filter(
    (one) => one !== null,
  );
  const opening = windows.length === 0 ? wanted : nextCommonOpening(windows, wanted);
  const waits = opening === null || opening > wanted;
  if (waits && rules.windowAction === 'drop') return null;
  const lasts = (validitySeconds ?? DEFAULT_VALIDITY_SECONDS[lane]) * 1_000;
  if (opening === null) {
    if (recipientWindow?.nextOpening(wanted.getTime()) !== null) return null;
    const validUntil = new Date(wanted.getTime() + lasts);
    return { dueAt: validUntil, validUntil, waits };
  }
  const from = validitySeconds === null ? opening : wanted;
  const validUntil = new Date(from.getTime() + lasts);
  return opening < validUntil ? { dueAt: opening, validUntil, waits } : null;
}

/** The latest instant for which something may be scheduled. */
export function latestDueAt(now: Date): Date {
  return new Date(now.getTime() + MAX_AHEAD_DAYS * DAY_MS);
}

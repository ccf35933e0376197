import { addDays } from '../../../kernel/zoned-time.js';

/** Days are those of different banks' zones: one that has not begun here may have begun there. */
const DAYS_AHEAD = 1;
const DAYS_BACK = 3_653;

/** The days on which money may have come in: one of the far past or the future is a slip of the pen, and would be in the books for ever. */
export function plausibleDays(now: Date): { min: string; max: string } {
  const today = now.toISOString().slice(0, 10);
  return { min: addDays(today, -DAYS_BACK), max: addDays(today, DAYS_AHEAD) };
}

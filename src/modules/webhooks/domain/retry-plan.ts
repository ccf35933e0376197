const FIRST_MS = 5_000;
const FACTOR = 3;
const LONGEST_MS = 8 * 3_600_000;

/** 5 s, 15 s, 45 s and so on up to 8 h: about three days in all. */
export const MOST_ATTEMPTS = 17;

/**
 * How long to wait after an attempt that failed, the first being 1, with a fifth of jitter either way; null: it was the last one.
 * `random` is from 0 to 1.
 */
export function pauseAfter(attempt: number, random: number): number | null {
  if (attempt >= MOST_ATTEMPTS) return null;
  const full = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** (attempt - 1));
  return Math.round(full * (0.8 + 0.4 * random));
}

/** An endpoint to which nothing could be delivered for this long is disabled. */
export const GIVE_UP_MS = 5 * 86_400_000;

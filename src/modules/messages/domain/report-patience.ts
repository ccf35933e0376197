/** How long a report that matches nothing waits before each new try: it may have overtaken the answer to its submit. */
const PAUSES_S = [1, 3, 10, 45, 120, 600, 1_800];

/** When to try again, or null: it will not match any more. */
export function nextTry(tries: number, now: Date): Date | null {
  const pause = PAUSES_S[tries];
  return pause === undefined ? null : new Date(now.getTime() + pause * 1_000);
}

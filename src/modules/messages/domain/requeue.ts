/** Unsent tries after which a message itself is delayed, and not only the link that could not take it. */
const FREE_TRIES = 5;
const STEP_MS = 1_000;
const MAX_MS = 60_000;

/**
 * When a message that was provably not sent is due again. It keeps its place for a few tries: the link rests, and another may
 * take it at once. A message that comes back again and again waits longer each time, up to a minute.
 *
 * @param random 0 to 1, for the jitter over the upper half
 */
export function requeueAt({ dueAt, tries }: { dueAt: Date; tries: number }, now: Date, random: number): Date {
  if (tries < FREE_TRIES) return dueAt;
  const full = Math.min(MAX_MS, STEP_MS * 2 ** Math.min(tries - FREE_TRIES, 10));
  return new Date(now.getTime() + full / 2 + (random * full) / 2);
}

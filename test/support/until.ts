/**
 * Waits until `check` gives something other than undefined, false or null, and returns it. Looks again after a few
 * milliseconds, less often the longer it lasts; fails with `what` when it takes too long.
 */
export async function until<T>(
  what: string,
  check: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  timeoutMs = 5000,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== null && found !== false) return found;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > timeoutMs) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(15, Math.max(3, waitedMs / 20))));
  }
}

const MIN_MS = 50;
const MAX_MS = 5_000;
const MAX_RETRY_MS = 5_000;
/** One message whose return fails for longer does not hold up the link. */
const MAX_RETURN_MS = 2_000;

/**
 * What a link does about "not now": it rests, longer each time, with jitter, and begins anew after the first success. The
 * messages keep their place in the queue, so a throttling answer slows the bind and reorders nothing: it rests at least until they
 * are back there.
 */
export class LinkPause {
  private step = 0;
  private until = 0;
  /** Attempts that came back unsent and are not in the queue again yet, with when. */
  private readonly returning = new Map<string, number>();

  constructor(private readonly random: () => number = Math.random) {}

  /** A message comes back unsent. Those of one burst count once. */
  failed(attemptId: string, nowMs: number, retryAfterMs: number): void {
    this.returning.set(attemptId, nowMs);
    if (nowMs < this.until) return;
    const full = Math.min(MAX_MS, MIN_MS * 2 ** Math.min(this.step++, 10));
    this.until = nowMs + Math.max(retryAfterMs, full / 2 + (this.random() * full) / 2);
  }

  succeeded(): void {
    this.step = 0;
  }

  /** The message is in the queue again, or wherever its outcome put it. */
  returned(attemptId: string): void {
    this.returning.delete(attemptId);
  }

  /** Whether nothing more may leave now. */
  isOn(nowMs: number): boolean {
    for (const [attemptId, since] of this.returning)
      if (nowMs - since >= MAX_RETURN_MS) this.returning.delete(attemptId);
    return this.returning.size > 0 || this.remaining(nowMs) > 0;
  }

  /** How long it rests at least. */
  remaining(nowMs: number): number {
    return Math.max(0, this.until - nowMs);
  }
}

/** How long to leave the database alone after so many failures in a row. */
export function retryMs(failures: number): number {
  return Math.min(MAX_RETRY_MS, 100 * 2 ** failures);
}

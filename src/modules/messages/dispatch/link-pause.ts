const MIN_MS = 50;
const MAX_MS = 5_000;

/**
 * What a link does about "not now": it rests, longer each time, with jitter, and begins anew after the first success. The
 * messages keep their place in the queue, so a throttling answer slows the bind and reorders nothing.
 */
export class LinkPause {
  private step = 0;
  private until = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** Messages came back unsent. Those of one burst count once. */
  failed(nowMs: number, retryAfterMs: number): void {
    if (nowMs < this.until) return;
    const full = Math.min(MAX_MS, MIN_MS * 2 ** Math.min(this.step++, 10));
    this.until = nowMs + Math.max(retryAfterMs, full / 2 + (this.random() * full) / 2);
  }

  succeeded(): void {
    this.step = 0;
  }

  remaining(nowMs: number): number {
    return Math.max(0, this.until - nowMs);
  }
}

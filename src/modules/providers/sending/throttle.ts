import { Backoff } from './backoff.js';

/** Pauses of one bind after "too fast" answers. */
export class Throttle {
  private readonly backoff: Backoff;
  private timer: NodeJS.Timeout | null = null;
  private until = 0;
  private lastPauseMs = 0;

  constructor(
    minMs: number,
    maxMs: number,
    private readonly onResume: () => void,
  ) {
    this.backoff = new Backoff(minMs, maxMs);
  }

  get isActive(): boolean {
    return this.timer !== null;
  }

  /** Milliseconds until sending goes on; 0 when it is not paused. */
  get remainingMs(): number {
    return this.timer ? Math.max(1, Math.ceil(this.until - performance.now())) : 0;
  }

  /** A throttling answer. Those of one burst come together and count once: only the first lengthens the next pause. The peer may have named a pause. */
  hit(atLeastMs = 0): void {
    if (this.timer) return;
    this.lastPauseMs = Math.max(atLeastMs, this.backoff.next());
    this.until = performance.now() + this.lastPauseMs;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.onResume();
    }, this.lastPauseMs);
  }

  /** An accepted submit. The pauses begin anew once it has gone well for longer than a second and twice the last pause. */
  clear(): void {
    if (this.lastPauseMs === 0 || this.timer) return;
    if (performance.now() - this.until < Math.max(1000, 2 * this.lastPauseMs)) return;
    this.lastPauseMs = 0;
    this.backoff.reset();
  }

  /** For a new session, or none. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}

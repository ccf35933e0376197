/** Pauses that double from `minMs` to `maxMs`, each with jitter over its upper half, so that many links do not step together. */
export class Backoff {
  private step = 0;

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
  ) {}

  next(): number {
    const full = Math.min(this.maxMs, this.minMs * 2 ** Math.min(this.step++, 30));
    return Math.round(full / 2 + (Math.random() * full) / 2);
  }

  reset(): void {
    this.step = 0;
  }
}

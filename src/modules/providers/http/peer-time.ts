import type { HttpAnswer } from './answer-reader.js';
import type { PeerClock } from './http-traits.js';

/** What an answer may be late by before the difference is measured anew. */
const KEPT_MS = 60_000;

/** The time by the provider's clock, for APIs that refuse requests with another one. */
export class PeerTime {
  private aheadMs = 0;
  private learntMs = -Infinity;
  private learning: Promise<boolean> | null = null;

  constructor(
    private readonly clock: PeerClock,
    private readonly ask: () => Promise<HttpAnswer | null>,
    private readonly ours: () => Date,
  ) {}

  /** It was told at least once. */
  get isKnown(): boolean {
    return this.learntMs > -Infinity;
  }

  get isStale(): boolean {
    return performance.now() - this.learntMs > KEPT_MS;
  }

  now(): Date {
    return new Date(this.ours().getTime() + this.aheadMs);
  }

  /** False when it was not told; calls that come meanwhile share the question. Never rejects. */
  learn(): Promise<boolean> {
    this.learning ??= this.measure().finally(() => (this.learning = null));
    return this.learning;
  }

  private async measure(): Promise<boolean> {
    const answer = await this.ask();
    const theirs = answer && this.clock.read(answer);
    if (!theirs) return false;
    this.aheadMs = theirs.getTime() - this.ours().getTime();
    this.learntMs = performance.now();
    return true;
  }
}

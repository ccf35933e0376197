import { Batch, type Job } from './job.js';

interface Held {
  jobs: Job[];
  recipients: Set<string>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Messages that may share a request: those of one key. The first of a key goes at once; while it is on its way, others of its key
 * gather, until it is answered, a request is full, or they have waited for long enough. So a single message never waits for company, and
 * the more there is to send, the more goes into one request. A number is in a request once: answers are often keyed by it.
 */
export class Gatherer {
  private readonly held = new Map<string, Held>();
  private readonly under = new Map<string, number>();
  private readonly ripe: Batch[] = [];

  constructor(
    private readonly holdMs: number,
    private readonly onRipe: () => void,
  ) {}

  /** Requests that these would be. */
  get batches(): number {
    return this.ripe.length + this.held.size;
  }

  /** Messages that may still join requests which wait here. */
  freePlaces(most: number): number {
    let places = 0;
    for (const { jobs } of this.held.values()) places += Math.max(0, most - jobs.length);
    return places;
  }

  add(job: Job, key: string, most: number): void {
    const { to } = job.submission;
    if (this.held.get(key)?.recipients.has(to)) this.ripen(key);
    const held = this.held.get(key) ?? this.open(key);
    held.jobs.push(job);
    held.recipients.add(to);
    if (held.jobs.length >= most) this.ripen(key);
  }

  /** What is to go now. Each is under way until {@link ended} is called with its key. */
  takeRipe(): Batch[] {
    for (const [key, held] of this.held) {
      if (!this.under.has(key)) this.ripen(key);
      else held.timer ??= setTimeout(() => this.waitedLongEnough(key), this.holdMs);
    }
    return this.ripe.splice(0);
  }

  /** Answered, or given up. */
  ended(key: string): void {
    const left = (this.under.get(key) ?? 1) - 1;
    if (left > 0) this.under.set(key, left);
    else this.under.delete(key);
  }

  /** Everything that waits, to be settled otherwise. */
  empty(): Batch[] {
    for (const key of this.held.keys()) this.ripen(key);
    return this.ripe.splice(0);
  }

  private open(key: string): Held {
    const held: Held = { jobs: [], recipients: new Set(), timer: undefined };
    this.held.set(key, held);
    return held;
  }

  private waitedLongEnough(key: string): void {
    this.ripen(key);
    this.onRipe();
  }

  private ripen(key: string): void {
    const { jobs, timer } = this.held.get(key)!;
    clearTimeout(timer);
    this.held.delete(key);
    this.under.set(key, (this.under.get(key) ?? 0) + 1);
    this.ripe.push(new Batch(jobs, key));
  }
}

import { WaitingRoom } from '../sending/waiting-room.js';
import type { PartResult } from '../sms-provider.js';
import { Gatherer } from './gatherer.js';
import type { HttpSettings } from './http-settings.js';
import { Batch, type Job } from './job.js';
import type { RequestValues } from './request-builder.js';
import { sharedPlaceholders, sharedValues } from './shared-values.js';

/** So long may a message wait for others to go with, while one like it is on its way. */
const GATHER_MS = 100;
/** Messages that are known to have been refused with others; of more than these the oldest are forgotten. */
const MOST_APART = 10_000;

/** What was let in and is not written yet, put together into requests where several messages may share one. */
export class RequestRoom {
  private readonly requests: WaitingRoom<Batch>;
  private readonly gatherer: Gatherer;
  /** Messages. */
  private waiting = 0;
  /** What those of one request have in common. */
  private readonly shared: readonly (keyof RequestValues)[];
  /** References of messages that were refused together with others: each goes alone, to hear its own answer. */
  private readonly apart = new Set<string>();

  /**
   * @param together messages that may share a request now
   * @param onRipe something need not wait for company any more
   */
  constructor(
    private readonly settings: Pick<HttpSettings, 'request' | 'limits'>,
    private readonly together: () => number,
    onRipe: () => void,
  ) {
    this.requests = new WaitingRoom(settings.limits.maxConcurrent, settings.limits.timeoutMs);
    this.gatherer = new Gatherer(GATHER_MS, onRipe);
    const { batch, ...written } = settings.request;
    this.shared = sharedValues(sharedPlaceholders(written, batch?.separator ?? null));
  }

  /** Messages that can be let in when so many requests may be opened: by a request of their own, or by one that waits for company. */
  places(openable: number): number {
    const requests = openable - this.requests.size;
    if (!this.isShared) return requests;
    return Math.min(requests - this.gatherer.batches + this.joinable, this.mostWaiting - this.waiting);
  }

  /** Messages that may join requests which wait. */
  get joinable(): number {
    return this.gatherer.freePlaces(this.together());
  }

  admits(jobs: number, openable: number): boolean {
    return this.isShared ? this.waiting < this.mostWaiting : this.requests.admits(jobs, openable);
  }

  add(job: Job): void {
    this.waiting++;
    const most = this.together();
    if (most === 1 || this.apart.delete(job.submission.clientReference)) this.requests.add(new Batch([job]));
    else this.gatherer.add(job, this.keyOf(job), most);
  }

  /** The next request, when there is one to write now. */
  take(): Batch | undefined {
    if (this.isShared) for (const batch of this.gatherer.takeRipe()) this.requests.add(batch);
    const batch = this.requests.take();
    this.waiting -= batch?.jobs.length ?? 0;
    return batch;
  }

  /** A request was answered, or is not written after all: what is like it need not wait for it. */
  ended({ key }: Batch): void {
    if (key !== null) this.gatherer.ended(key);
  }

  /** Jobs that cannot share a request: each gets its own. */
  separate(jobs: readonly Job[]): void {
    this.waiting += jobs.length;
    for (const job of jobs) this.requests.add(new Batch([job]));
  }

  /** The next time it goes alone. */
  keepApart(reference: string): void {
    const [oldest] = this.apart;
    if (this.apart.size >= MOST_APART) this.apart.delete(oldest!);
    this.apart.add(reference);
  }

  /** Settles what has waited too long. */
  expire(result: PartResult): void {
    this.requests.expire((batch) => this.giveUp(batch, result));
  }

  /** Settles everything. */
  empty(result: PartResult): void {
    this.requests.empty((batch) => this.giveUp(batch, result));
    for (const batch of this.gatherer.empty()) this.giveUp(batch, result);
  }

  private get isShared(): boolean {
    return Boolean(this.settings.request.batch);
  }

  /** As many as could be alone, and one request full of others. */
  private get mostWaiting(): number {
    return this.settings.limits.maxConcurrent + this.together();
  }

  private giveUp(batch: Batch, result: PartResult): void {
    this.waiting -= batch.jobs.length;
    this.ended(batch);
    batch.settle(result);
  }

  /** Messages with the same key may share a request: it says nothing of all that is not true of each. */
  private keyOf(job: Job): string {
    const values = job.values();
    return JSON.stringify(this.shared.map((name) => values[name]));
  }
}

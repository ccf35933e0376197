/**
 * Parts that were let in while the window had no place for all of them: those of a long message, or of calls that overlapped.
 * Short by design; whatever does not fit stays in the queue of whoever called.
 */
export class WaitingRoom<R extends { deadline: number }> {
  private requests: R[] = [];
  private head = 0;

  constructor(
    private readonly limit: number,
    private readonly maxWaitMs: number,
  ) {}

  get size(): number {
    return this.requests.length - this.head;
  }

  /** A message may always enter an empty room: else one of more parts than the limit could never be sent. */
  admits(count: number, freeSlots: number): boolean {
    return this.size === 0 || this.size + count <= this.limit + freeSlots;
  }

  /** Until it is written, a request's deadline says how long it may wait here. */
  add(request: R): void {
    request.deadline = performance.now() + this.maxWaitMs;
    this.requests.push(request);
  }

  take(): R | undefined {
    const request = this.requests[this.head];
    if (!request) return undefined;
    this.head++;
    if (this.head === this.requests.length) this.reset();
    else if (this.head >= 1024) this.compact();
    return request;
  }

  /** Hands out those that have waited too long. */
  expire(each: (request: R) => void): void {
    const now = performance.now();
    while (this.size > 0 && this.requests[this.head]!.deadline <= now) each(this.take()!);
  }

  empty(each: (request: R) => void): void {
    while (this.size > 0) each(this.take()!);
  }

  private reset(): void {
    this.requests = [];
    this.head = 0;
  }

  private compact(): void {
    this.requests = this.requests.slice(this.head);
    this.head = 0;
  }
}

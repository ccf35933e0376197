import { DomainError } from '../../../kernel/domain-error.js';

/** What became of one call of a shared run. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

export interface CoalescerOptions<Call, Result> {
  /** Most of a run; a single larger call runs alone. */
  maxSize: number;
  /** Most calls of a run. */
  maxCalls: number;
  /** Runs at the same time; each needs a connection. */
  maxRuns: number;
  /** Calls that may wait; one more is refused: unavailable `overloaded`. */
  maxWaiting: number;
  /** How long a call waits for company; when more came meanwhile, once more. */
  waitMs: number;
  /** How long the first one waits at most. */
  maxWaitMs: number;
  sizeOf(call: Call): number;
  /** One outcome per call, in order. When it throws instead, its calls are run again one by one. */
  run(calls: Call[]): Promise<Outcome<Result>[]>;
}

interface Waiting<Call, Result> {
  call: Call;
  size: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** Runs at once that repeat the calls of a failed one. */
const MAX_REPEATS = 4;

/**
 * Lets concurrent calls share one run: a transaction costs about the same for one message and for sixty-four. What goes wrong
 * with one call never reaches the others: refusals are outcomes, and an error of the whole run (a constraint, a lost
 * connection) is answered by running every call again by itself.
 */
export class Coalescer<Call, Result> {
  private waiting: Waiting<Call, Result>[] = [];
  private waitingSize = 0;
  private runs = 0;
  private timer: NodeJS.Timeout | undefined;
  private due = false;

  constructor(private readonly options: CoalescerOptions<Call, Result>) {}

  submit(call: Call): Promise<Result> {
    if (this.waiting.length >= this.options.maxWaiting)
      return Promise.reject(new DomainError('unavailable', 'overloaded', { retryAfterSeconds: 1 }));
    return new Promise((resolve, reject) => {
      const size = this.options.sizeOf(call);
      this.waiting.push({ call, size, resolve, reject });
      this.waitingSize += size;
      this.schedule();
    });
  }

  private schedule(): void {
    const { maxSize, maxCalls, maxWaitMs } = this.options;
    if (this.waitingSize >= maxSize || this.waiting.length >= maxCalls) this.due = true;
    if (this.due) this.start();
    else this.timer ??= this.waitForCompany(performance.now() + maxWaitMs);
  }

  /** Callers who were answered together come back together, one by one: while they keep coming, they are waited for. */
  private waitForCompany(until: number): NodeJS.Timeout {
    const known = this.waiting.length;
    return setTimeout(() => {
      if (this.waiting.length > known && performance.now() < until) {
        this.timer = this.waitForCompany(until);
        return;
      }
      this.timer = undefined;
      this.due = this.waiting.length > 0;
      this.start();
    }, this.options.waitMs);
  }

  private start(): void {
    while (this.due && this.waiting.length > 0 && this.runs < this.options.maxRuns) {
      const batch = this.takeBatch();
      this.due = this.waiting.length > 0;
      void this.runBatch(batch);
    }
  }

  /** The calls that came first, as many as fit. */
  private takeBatch(): Waiting<Call, Result>[] {
    const { maxSize, maxCalls } = this.options;
    let size = 0;
    let count = 0;
    for (const { size: next } of this.waiting) {
      if (count > 0 && (count >= maxCalls || size + next > maxSize)) break;
      size += next;
      count++;
    }
    this.waitingSize -= size;
    return this.waiting.splice(0, count);
  }

  private async runBatch(batch: Waiting<Call, Result>[]): Promise<void> {
    this.runs++;
    try {
      await this.settle(batch);
    } finally {
      this.runs--;
      this.start();
    }
  }

  private async settle(batch: Waiting<Call, Result>[]): Promise<void> {
    let outcomes: Outcome<Result>[];
    try {
      outcomes = await this.options.run(batch.map(({ call }) => call));
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else await this.settleOneByOne(batch);
      return;
    }
    batch.forEach((caller, index) => {
      const outcome = outcomes[index]!;
      if (outcome.ok) caller.resolve(outcome.value);
      else caller.reject(outcome.error);
    });
  }

  private async settleOneByOne(batch: Waiting<Call, Result>[]): Promise<void> {
    const left = [...batch];
    const worker = async (): Promise<void> => {
      for (let next = left.shift(); next; next = left.shift()) await this.settle([next]);
    };
    await Promise.all(Array.from({ length: Math.min(MAX_REPEATS, batch.length) }, worker));
  }
}

/**
 * A request on its way to the peer, and what its answer holds beside the status. Exactly one of the first three callbacks is called, once;
 * the last one may follow `timedOut`.
 */
export interface WindowRequest<Answer> {
  /** Owned by the window: milliseconds of the monotonic clock after which no answer is waited for. */
  deadline: number;
  answered(status: number, answer: Answer): void;
  timedOut(): void;
  /** The session is gone. Not written: provably not sent. */
  lost(written: boolean, code: string): void;
  answeredLate(status: number, answer: Answer): void;
}

/** Timed-out requests that are remembered for a late answer, per session. */
const MAX_LATE = 10_000;

/**
 * The requests of one kind and one session that wait for their answers, by sequence number. All have the same time-out, so that the
 * oldest is always the first in the map, and one timer serves them all.
 */
export class RequestWindow<Answer> {
  private readonly pending = new Map<number, WindowRequest<Answer>>();
  private readonly late = new Map<number, WindowRequest<Answer>>();
  private unwritten = 0;
  private timer: NodeJS.Timeout | null = null;

  /** @param onTimeout called after requests timed out, when each of them has been told. */
  constructor(
    private readonly timeoutMs: number,
    private readonly onTimeout: () => void,
  ) {}

  get size(): number {
    return this.pending.size;
  }

  has(sequence: number): boolean {
    return this.pending.has(sequence) || this.late.has(sequence);
  }

  /** Adds a request whose PDU still waits to be written; the next {@link written} marks it. */
  add(sequence: number, request: WindowRequest<Answer>): void {
    request.deadline = performance.now() + this.timeoutMs;
    this.pending.set(sequence, request);
    this.unwritten++;
    if (!this.timer) this.arm(this.timeoutMs);
  }

  /** Everything added so far was handed to the socket: from here on nobody can know. */
  written(): void {
    this.unwritten = 0;
  }

  answer(sequence: number, status: number, answer: Answer): void {
    const request = this.pending.get(sequence);
    if (request) {
      this.pending.delete(sequence);
      return request.answered(status, answer);
    }
    const late = this.late.get(sequence);
    if (!late) return;
    this.late.delete(sequence);
    late.answeredLate(status, answer);
  }

  /** One answer to everything that waits for one. */
  answerAll(status: number, answer: Answer): void {
    for (const sequence of this.pending.keys()) this.answer(sequence, status, answer);
  }

  /** Settles everything that is open; the youngest, which were never written, as such. */
  close(code: string): void {
    this.disarm();
    let written = this.pending.size - this.unwritten;
    const open = [...this.pending.values()];
    this.pending.clear();
    this.late.clear();
    for (const request of open) request.lost(written-- > 0, code);
  }

  /** There is one timer at a time, also when somebody who is told of a time-out submits at once. */
  private arm(delayMs: number): void {
    this.disarm();
    // When the process itself was busy for long, answers may lie unread in the socket: they are read before the timers are
    // believed.
    this.timer = setTimeout(() => setImmediate(() => this.expire()), Math.max(1, delayMs));
  }

  private disarm(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private expire(): void {
    if (!this.timer) return;
    this.disarm();
    const now = performance.now();
    let expired = 0;
    for (const [sequence, request] of this.pending) {
      if (request.deadline > now) {
        this.arm(request.deadline - now);
        break;
      }
      this.pending.delete(sequence);
      this.remember(sequence, request);
      request.timedOut();
      expired++;
    }
    if (expired > 0) this.onTimeout();
  }

  private remember(sequence: number, request: WindowRequest<Answer>): void {
    if (this.late.size >= MAX_LATE) this.late.delete(this.late.keys().next().value!);
    this.late.set(sequence, request);
  }
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { CLOSE_LAPSED_LINE, DELETE_LINE, END_LINES, OPEN_LINE, RENEW_LINES } from './persistence/sql/sending-lines.js';

/**
 * A numbered sequence of requests that one process sends over one link. Its row says up to which number a request may have
 * been written: the mark, which is committed before the request leaves, together with its rate slot. Requests get their slots
 * in the order of their numbers.
 */
export class SendingLine {
  readonly id = newId();
  /** Monotonic. */
  readonly openedAt = performance.now();
  /** Monotonic time until which the lease is known to hold; nothing is written after it. */
  leaseUntil: number;
  /** Nothing new is numbered any more: something went wrong, or the link is gone. */
  retired = false;
  private last = 0;

  constructor(leaseUntil: number) {
    this.leaseUntil = leaseUntil;
  }

  /** Sets `count` numbers aside and answers the one before the first of them. */
  reserve(count: number): number {
    const before = this.last;
    this.last += count;
    return before;
  }
}

/** A line that is closed. */
export interface LapsedLine {
  id: string;
  worker: string;
  mark: bigint;
}

/** Somebody thought this process dead and closed its line: nothing on it may be written any more. */
export class LineClosed extends Error {
  constructor() {
    super('the line was closed: its lease had run out');
    this.name = 'LineClosed';
  }
}

/**
 * The lines of this process, and what is left of those of processes that died. Whoever closes a line makes its mark stand
 * still, under the lock that marking takes: so what lies above it is known not to have been written, whatever the clocks say.
 */
@Injectable()
export class SendingLines {
  private readonly own = new Map<string, SendingLine>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async open(providerId: string, worker: string, leaseMs: number): Promise<SendingLine> {
    const line = new SendingLine(performance.now() + leaseMs);
    await this.database.query(OPEN_LINE, [line.id, worker, providerId, this.leaseEnd(leaseMs)]);
    this.own.set(line.id, line);
    return line;
  }

  /** Renews leases that are half spent; a line that was closed loses its own at once. Answers how many were lost. */
  async renew(leaseMs: number): Promise<number> {
    const nowMs = performance.now();
    const old = [...this.own.values()].filter(({ leaseUntil }) => leaseUntil - nowMs < leaseMs / 2);
    if (old.length === 0) return 0;
    const rows = await this.database.query<{ id: string }>(RENEW_LINES, [
      old.map(({ id }) => id),
      this.leaseEnd(leaseMs),
    ]);
    const open = new Set(rows.map(({ id }) => id));
    for (const line of old) {
      if (open.has(line.id)) line.leaseUntil = nowMs + leaseMs;
      else this.lose(line);
    }
    return old.length - open.size;
  }

  /** Nothing may be written on the line any more; what still flies on it is settled, or explained later. */
  lose(line: SendingLine): void {
    line.leaseUntil = 0;
    line.retired = true;
    this.own.delete(line.id);
  }

  /** Gives lines up on which nothing flies: whoever looks next frees what is left on them. */
  async end(lines: readonly SendingLine[]): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) this.lose(line);
    await this.database.query(END_LINES, [lines.map(({ id }) => id)]);
  }

  /** Lines that will number nothing new. */
  retired(): SendingLine[] {
    return [...this.own.values()].filter((line) => line.retired);
  }

  /** Everything that is still open, to be ended with the process. */
  all(): SendingLine[] {
    return [...this.own.values()];
  }

  /** Closes one line whose process is gone, in the caller's transaction, and keeps it locked; undefined when there is none. */
  async closeLapsed(tx: Tx): Promise<LapsedLine | undefined> {
    const [line] = await tx.query<LapsedLine>(CLOSE_LAPSED_LINE, [this.clock.now(), [...this.own.keys()]]);
    return line;
  }

  /** Nothing stands under the line any more. */
  async forget(tx: Tx, lineId: string): Promise<void> {
    await tx.query(DELETE_LINE, [lineId]);
  }

  private leaseEnd(leaseMs: number): Date {
    return new Date(this.clock.now().getTime() + leaseMs);
  }
}

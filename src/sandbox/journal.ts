import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';

/** One submit as the operator saw it. `answered` false: the peer was never told. */
export interface SubmitRecord {
  event: 'submit';
  at: string;
  session: number;
  systemId: string;
  to: string;
  from: string;
  reference: number;
  part: number;
  of: number;
  /** command_status of the answer, as far as there was one. */
  status: number;
  /** The operator took the message over: it is on the phone, whatever the peer heard. */
  accepted: boolean;
  answered: boolean;
  /** As answered; null when refused. */
  id: string | null;
  text: string;
}

export interface ReportRecord {
  event: 'report';
  at: string;
  session: number;
  systemId: string;
  id: string;
  to: string;
  state: string;
  /** command_status of the peer's answer. */
  status: number;
}

/** Counters since the start; what the demo and the tests compare our own books with. */
export interface OperatorStats {
  received: number;
  /** Submits answered with success. */
  answeredOk: number;
  /** Submits taken over whose answer never reached the peer. */
  acceptedUnanswered: number;
  throttled: number;
  refused: number;
  /** Questions for the state of a message, whatever was answered. */
  queries: number;
  /** Submits neither taken over nor answered. */
  ignored: number;
  reportsSent: number;
  reportsAcknowledged: number;
  /** Answered with an error, so that they are sent again. */
  reportsRefused: number;
  binds: number;
  bindsRefused: number;
  /** The most submits that came in any sliding second. */
  maxPerSlidingSecond: number;
}

/** Counts events in the last 1000 ms: an event exactly a second old is no longer one of them. */
export class SlidingSecond {
  private times: number[] = [];
  private head = 0;

  add(now: number): number {
    this.times.push(now);
    while (this.times[this.head]! <= now - 1000) this.head++;
    if (this.head > 10_000) {
      this.times = this.times.slice(this.head);
      this.head = 0;
    }
    return this.times.length - this.head;
  }

  count(now: number): number {
    while (this.head < this.times.length && this.times[this.head]! <= now - 1000) this.head++;
    return this.times.length - this.head;
  }
}

const FLUSH_MS = 20;

/** Writes the append-only record and keeps the counters. Lines are written in batches, and all of them before {@link close} resolves. */
export class Journal {
  readonly stats: OperatorStats = {
    received: 0,
    answeredOk: 0,
    acceptedUnanswered: 0,
    throttled: 0,
    refused: 0,
    queries: 0,
    ignored: 0,
    reportsSent: 0,
    reportsAcknowledged: 0,
    reportsRefused: 0,
    binds: 0,
    bindsRefused: 0,
    maxPerSlidingSecond: 0,
  };
  private readonly second = new SlidingSecond();
  private readonly stream: WriteStream | null;
  private lines: string[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(file: string | null) {
    this.stream = file === null ? null : createWriteStream(file, { flags: 'a' });
  }

  received(): void {
    this.stats.received++;
    this.stats.maxPerSlidingSecond = Math.max(this.stats.maxPerSlidingSecond, this.second.add(performance.now()));
  }

  submit(record: SubmitRecord): void {
    if (record.accepted) this.stats[record.answered ? 'answeredOk' : 'acceptedUnanswered']++;
    else if (!record.answered) this.stats.ignored++;
    else this.stats[record.status === 0x58 || record.status === 0x14 ? 'throttled' : 'refused']++;
    this.write(record);
  }

  report(record: ReportRecord): void {
    this.stats[record.status === 0 ? 'reportsAcknowledged' : 'reportsRefused']++;
    this.write(record);
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.flush();
    if (!this.stream) return;
    this.stream.end();
    await once(this.stream, 'finish');
  }

  private write(record: SubmitRecord | ReportRecord): void {
    if (!this.stream) return;
    this.lines.push(JSON.stringify(record));
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  private flush(): void {
    this.timer = null;
    if (this.lines.length === 0 || !this.stream) return;
    this.stream.write(`${this.lines.join('\n')}\n`);
    this.lines = [];
  }
}

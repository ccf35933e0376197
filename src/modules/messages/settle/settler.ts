import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flight } from '../dispatch/flight.js';
import { type MessageOutcome, outcomeOf } from '../domain/message-outcome.js';

export interface Landed {
  flight: Flight;
  outcome: MessageOutcome;
}

export interface SettlerOptions {
  /** Most messages of one transaction. */
  batch: number;
  /** How long the first of a batch waits for company. */
  waitMs: number;
}

const RETRY_MS = 200;
/** Short: links go on sending as soon as the database is back, and what is not settled becomes unknown if this process dies. */
const MAX_RETRY_MS = 1_000;
/** For a message that fails while others succeed. */
const POSTPONE_MS = 5_000;

/**
 * Settles outcomes in batches, one transaction at a time: while one commits, the next batch gathers. When a batch fails it is
 * cut in halves, so that one message that cannot be settled does not hold up the others: it is tried again after them; when
 * everything fails (the database is away) the batch is tried again until it works. What is never settled, because the process dies, is settled by whoever finds the
 * lapsed lease.
 */
export class Settler {
  private readonly logger = new Logger('settle');
  private waiting: Landed[] = [];
  private settling = 0;
  /** Those that could not be settled although others could; tried again later, in nobody's way. */
  private postponed: Landed[] = [];
  private draining = false;
  private running: Promise<void> | undefined;
  private stopped = false;

  /** @param settle one transaction; @param onSettled called for each message when it is committed. */
  constructor(
    private readonly settle: (landed: readonly Landed[]) => Promise<void>,
    private readonly onSettled: (landed: Landed) => void,
    private readonly options: SettlerOptions,
  ) {}

  /** Messages that are not settled yet. */
  get size(): number {
    return this.waiting.length + this.settling + this.postponed.length;
  }

  add(flight: Flight): void {
    this.waiting.push({ flight, outcome: outcomeOf(flight.outcomes) });
    this.run();
  }

  /** Settles all that there is; resolves when nothing is left, or after `ms`. */
  async drain(ms: number): Promise<void> {
    const deadline = performance.now() + ms;
    this.draining = true;
    this.bringBack();
    while (this.size > 0 && performance.now() < deadline) {
      this.run();
      const timer = new AbortController();
      const timeUp = sleep(Math.max(1, deadline - performance.now()), undefined, timer).catch(() => undefined);
      await Promise.race([this.running, timeUp]);
      timer.abort();
    }
    this.stopped = true;
  }

  private run(): void {
    this.running ??= this.settleAll().finally(() => {
      this.running = undefined;
      // What was added after the last look, and before this.
      if (this.waiting.length > 0 && !this.stopped) this.run();
    });
  }

  private async settleAll(): Promise<void> {
    for (let failures = 0; this.waiting.length > 0 && !(this.stopped && failures > 0);) {
      await this.gather();
      const batch = this.waiting.splice(0, this.options.batch);
      this.settling = batch.length;
      const failed = await this.settleOrHalve(batch);
      this.settling = 0;
      // While draining there is no later: what failed stays in line, whoever else succeeded.
      const inLine = this.draining || failed.length === batch.length;
      if (failed.length > 0 && !inLine) this.postpone(failed);
      failures = failed.length > 0 && inLine ? failures + 1 : 0;
      if (failures === 0) continue;
      this.waiting.unshift(...failed);
      await sleep(Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** failures));
    }
  }

  private postpone(failed: readonly Landed[]): void {
    this.postponed.push(...failed);
    setTimeout(() => this.bringBack(), POSTPONE_MS).unref();
  }

  private bringBack(): void {
    this.waiting.push(...this.postponed.splice(0));
    if (this.waiting.length > 0 && !this.stopped) this.run();
  }

  /** Half a batch settled at once costs little more than a few messages: a short wait fills it. */
  private async gather(): Promise<void> {
    if (!this.stopped && this.waiting.length < this.options.batch) await sleep(this.options.waitMs);
  }

  /** Answers what could not be settled. */
  private async settleOrHalve(batch: readonly Landed[]): Promise<Landed[]> {
    try {
      await this.settle(batch);
    } catch (error) {
      if (batch.length === 1) {
        this.logger.error({
          messageId: batch[0]!.flight.message.id,
          err: error,
          msg: 'a message could not be settled yet',
        });
        return [...batch];
      }
      this.logger.warn({ messages: batch.length, err: error, msg: 'a batch could not be settled; trying its halves' });
      const middle = Math.ceil(batch.length / 2);
      const first = await this.settleOrHalve(batch.slice(0, middle));
      // When the whole first half failed, the reason is hardly one message.
      if (first.length === middle && middle > 1) return [...first, ...batch.slice(middle)];
      return [...first, ...(await this.settleOrHalve(batch.slice(middle)))];
    }
    for (const landed of batch) this.onSettled(landed);
    return [];
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { GATE_SLACK_MS, HORIZON_MS, MAX_SLOTS, ServerClock, slotIntervalMs } from './domain/rate.js';
import type { Lane } from './domain/route-book.js';
import { TAKE_MARKED_SLOTS, TAKE_RATE_SLOTS } from './persistence/sql/take-rate-slots.js';
import { LineClosed, type SendingLine } from './sending-lines.js';

/** Something with a rate: a provider, a bind, an account, a sender. Its name is its identity over all workers. */
export interface RateGate {
  gate: string;
  perSecond: number;
}

export interface RateGrant {
  /** When to write, one instant per request, ascending, in the caller's clock. May be fewer than wanted, or none. */
  slots: Date[];
  /** Worth asking again then, not before. */
  askAgainAt: Date;
}

export interface TakeOptions {
  /** One-time codes may book further ahead than the others, which therefore can never keep them waiting. */
  lane: Lane;
  /** No slot earlier than this after `now`: the time that the caller needs before it can write. 0 unless told. */
  leadMs?: number;
  /** For requests of a line: their numbers, ascending. Those that get a slot count as written from the commit on. */
  mark?: { line: SendingLine; numbers: readonly number[] };
}

interface Booking {
  now_ms: number;
  slots: number[];
  ask_again: number;
  marked: boolean;
}

/**
 * Slots in which requests may be written, handed out by PostgreSQL and shared by all workers: in any sliding second at the
 * peer there are never more requests than the rate, see `domain/rate.ts` for why. Booked means gone: a slot that is not used
 * is not caught up by anybody. Write with {@link runInSlots}, or drop what {@link isMissed}.
 */
@Injectable()
export class RateGates {
  private readonly serverClock = new ServerClock();

  constructor(private readonly database: Database) {}

  /**
   * Books up to `wanted` slots that fit all gates at once, at most as far ahead as the lane may. The first gate is the one
   * that paces (the provider's); a further gate that is not due yet ends the booking. In a transaction of its own.
   * Throws {@link LineClosed}: then nothing may be written.
   */
  async take(gates: readonly RateGate[], wanted: number, now: Date, options: TakeOptions): Promise<RateGrant> {
    const { lane, leadMs = 0, mark } = options;
    const sentMs = performance.now();
    const [booking] = await this.database.query<Booking>(mark ? TAKE_MARKED_SLOTS : TAKE_RATE_SLOTS, [
      gates.map(({ gate }) => gate),
      gates.map(({ perSecond }) => slotIntervalMs(perSecond)),
      Math.min(wanted, MAX_SLOTS),
      leadMs,
      HORIZON_MS[lane] + leadMs,
      GATE_SLACK_MS,
      ...(mark ? [mark.line.id, mark.numbers] : []),
    ]);
    const { now_ms, slots, ask_again, marked } = booking!;
    if (!marked) throw new LineClosed();
    this.serverClock.observe(sentMs, now_ms);
    const toCaller = (serverMs: number) =>
      new Date(now.getTime() + Math.ceil(this.serverClock.toMonotonic(serverMs) - sentMs));
    return { slots: slots.map(toCaller), askAgainAt: toCaller(Math.max(ask_again, now_ms + 1)) };
  }
}

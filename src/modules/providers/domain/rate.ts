import type { Lane } from './route-book.js';

/*
 * The arithmetic of rates. Slots are handed out evenly at RATE_SHARE of the rate r that was agreed. Whatever happens between
 * a slot and the moment at which the peer counts the request (a busy event loop, the network) makes the request late by
 * something between 0 and J. A second at the peer then holds slots of at most 1 + J seconds, and evenly spaced slots in a
 * half-open interval are at most ceil((1 + J) * RATE_SHARE * r): never above r as long as J <= 1 / RATE_SHARE - 1, 41 ms.
 * Of these the sender may spend LATENESS_MS, gates that wait for each other GATE_SLACK_MS, and the way to the peer the rest.
 */

/** Of the configured rate; the rest pays for lateness. At least 95 % of the rate must be left after missed slots. */
export const RATE_SHARE = 0.96;

/** A slot that could not be used so long after its instant is lost. */
export const LATENESS_MS = 20;

/** How far a booking may lie behind the schedule of one of several gates. */
export const GATE_SLACK_MS = 8;

/**
 * How far ahead a lane may book. The gate's next free slot is therefore never further away than the horizon of the lane that
 * booked it, so a lane with a longer horizon always gets the next slot: this is what keeps slots free for one-time codes,
 * without leaving any unused while there are none.
 */
export const HORIZON_MS: Record<Lane, number> = { otp: 2_000, transactional: 250, bulk: 120 };

/** The most slots of one booking: bounds the work of the statement and what a killed worker loses. */
export const MAX_SLOTS = 1_000;

/** Milliseconds between two slots of a gate. */
export function slotIntervalMs(perSecond: number): number {
  return 1_000 / (perSecond * RATE_SHARE);
}

/** The slot can no longer be used without risking a second with too many requests at the peer. */
export function isMissed(slot: Date, now: Date): boolean {
  return now.getTime() - slot.getTime() > LATENESS_MS;
}

/**
 * Tells the database's clock in terms of this process's monotonic one. Each sample is off by the time that its statement took
 * to reach the server, so the smallest of the last minute is the best; clocks drift, so older ones are forgotten.
 */
export class ServerClock {
  private current = { min: Infinity, since: 0 };
  private previous = Infinity;

  /** `sentMs`: monotonic, when the statement was sent. `serverMs`: the server's clock while it ran. */
  observe(sentMs: number, serverMs: number): void {
    const sample = serverMs - sentMs;
    if (sample - this.offset() > STEP_MS) {
      // The server's clock was set forward: what was known says nothing any more. (Backwards is a new minimum anyway.)
      this.previous = Infinity;
      this.current = { min: sample, since: sentMs };
    } else if (sentMs - this.current.since > FORGET_MS) {
      this.previous = this.current.min;
      this.current = { min: sample, since: sentMs };
    } else this.current.min = Math.min(this.current.min, sample);
  }

  /** The server's instant, in this process's monotonic time. */
  toMonotonic(serverMs: number): number {
    return serverMs - this.offset();
  }

  private offset(): number {
    return Math.min(this.current.min, this.previous);
  }
}

const FORGET_MS = 30_000;
const STEP_MS = 1_000;

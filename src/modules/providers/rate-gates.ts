import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Lane } from './domain/route-book.js';

/** Something with a rate: a provider, a bind, an account, a sender. Its name is its identity over all workers. */
export interface RateGate {
  gate: string;
  perSecond: number;
}

export interface RateGrant {
  /** When to write, one instant per request, ascending, in the caller's clock. May be fewer than wanted, or none. */
  slots: Date[];
  /** Worth asking again then (or when there is something to send). */
  askAgainAt: Date;
}

export interface TakeOptions {
  /** One-time codes may book further ahead than the others, which therefore can never keep them waiting. */
  lane: Lane;
  /** No slot earlier than this from `now`: the time that the caller needs before it can write. */
  leadMs?: number;
}

/** Slots in which requests may be written, handed out by PostgreSQL and shared by all workers. */
@Injectable()
export class RateGates {
  constructor(private readonly database: Database) {}

  /**
   * Books up to `wanted` slots that fit all gates at once. The first gate is the one that paces (the provider's). Use a slot
   * at its instant, at the latest {@link isMissed} after it: a missed slot is lost, not caught up.
   */
  async take(_gates: readonly RateGate[], _wanted: number, _now: Date, _options: TakeOptions): Promise<RateGrant> {
    void this.database;
    throw new Error('not written yet');
  }
}

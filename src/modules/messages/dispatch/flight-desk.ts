import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { newId } from '../../../kernel/ids.js';
import { type PartOutcome, STOPPED } from '../domain/message-outcome.js';
import { EXTEND_LEASES } from '../persistence/sql/extend-leases.js';
import { DispatchSettings } from './dispatch-settings.js';
import type { Flight } from './flight.js';
import { Signal } from './signal.js';

/**
 * What this process is writing right now, over all links: collects the outcomes of parts until a message is complete, and
 * keeps leases alive. Its memory is what a kill loses; the rows say the same.
 */
@Injectable()
export class FlightDesk {
  /** Names this process in leases and attempts. */
  readonly worker = newId();
  private readonly logger = new Logger('dispatch');
  private readonly flights = new Map<string, Flight>();
  /** Complete, and not settled yet. */
  private readonly unsettled = new Set<Flight>();
  private readonly landing = new Signal();
  private landed: (flight: Flight) => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: DispatchSettings,
  ) {}

  /** Messages in flight. */
  get size(): number {
    return this.flights.size;
  }

  /** Who settles messages whose last part is known. */
  onLanded(listener: (flight: Flight) => void): void {
    this.landed = listener;
  }

  /** Resolves with the next message that lands, or after `ms`. */
  nextLanding(ms: number): Promise<void> {
    this.landing.lower();
    return this.landing.wait(ms);
  }

  board(flight: Flight): void {
    this.flights.set(flight.attemptId, flight);
  }

  /**
   * Why the next part of a message must not be written any more, or null: the lease has run out (somebody else has it now), or
   * an earlier part failed and the rest would be wasted.
   */
  hindrance(attemptId: string): 'lease' | 'part_failed' | null {
    const flight = this.flights.get(attemptId);
    if (!flight || performance.now() >= flight.leaseUntil) return 'lease';
    return flight.outcomes.some(({ kind }) => kind !== 'submitted') ? 'part_failed' : null;
  }

  /** What became of parts of one message; the last of them makes it land. */
  report(attemptId: string, parts: readonly PartOutcome[]): void {
    const flight = this.flights.get(attemptId);
    if (!flight) return;
    flight.outcomes.push(...parts);
    if (flight.outcomes.length < flight.partCount) return;
    this.flights.delete(attemptId);
    this.unsettled.add(flight);
    this.landed(flight);
    this.landing.raise();
  }

  /** A message that landed is in the rows now. */
  settled(flight: Flight): void {
    this.unsettled.delete(flight);
  }

  /** Messages that this process is writing or settling: whatever else is in its name was lost, see {@link QueueKeeper}. */
  held(): string[] {
    return [...this.flights.values(), ...this.unsettled].map(({ message }) => message.id);
  }

  /** Parts that were never handed to the provider. */
  reportStopped(attemptId: string, partNos: readonly number[], code: string): void {
    this.report(
      attemptId,
      partNos.map((partNo): PartOutcome => ({ partNo, kind: 'not_sent', reason: STOPPED, code })),
    );
  }

  /**
   * Renews leases that are half spent. Answers are normally there long before; this is for slow providers and for slots that
   * are far apart. When it fails, nothing more is written under the old lease.
   */
  async extendLeases(): Promise<void> {
    const { leaseMs } = this.settings;
    const nowMs = performance.now();
    const old = [...this.flights.values()].filter(({ leaseUntil }) => leaseUntil - nowMs < leaseMs / 2);
    if (old.length === 0) return;
    const until = new Date(this.clock.now().getTime() + leaseMs);
    const rows = await this.database.query<{ messageId: string }>(EXTEND_LEASES, [
      old.map(({ message }) => message.accountId),
      old.map(({ message }) => message.id),
      old.map(({ fence }) => fence),
      this.worker,
      until,
    ]);
    const held = new Set(rows.map(({ messageId }) => messageId));
    for (const flight of old) if (held.has(flight.message.id)) flight.leaseUntil = nowMs + leaseMs;
    if (held.size < old.length) this.logger.warn({ lost: old.length - held.size, msg: 'leases were lost' });
  }
}

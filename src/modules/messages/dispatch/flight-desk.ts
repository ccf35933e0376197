import { Injectable, Logger } from '@nestjs/common';
import { newId } from '../../../kernel/ids.js';
import { type SendingLine, SendingLines } from '../../providers/index.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { type PartOutcome, STOPPED } from '../domain/message-outcome.js';
import { DispatchSettings } from './dispatch-settings.js';
import type { Flight } from './flight.js';
import { Signal } from './signal.js';

/**
 * What this process is writing right now, over all links: collects the outcomes of parts until a message is complete, and
 * keeps the leases of their lines alive. Its memory is what a kill loses; the lines and their marks say the same.
 */
@Injectable()
export class FlightDesk {
  /** Names this process in lines and attempts. */
  readonly worker = newId();
  private readonly logger = new Logger('dispatch');
  private readonly flights = new Map<string, Flight>();
  /** Complete, and not settled yet. */
  private readonly unsettled = new Set<Flight>();
  private readonly landing = new Signal();
  private landed: (flight: Flight) => void = () => undefined;

  constructor(
    private readonly lines: SendingLines,
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
   * Lets the next part of a message be written, or says why not: the lease has run out (somebody else has it now), an earlier part
   * failed and the rest would be wasted, or the hours ended while it waited for its slot. What has begun is finished.
   */
  hindrance(
    attemptId: string,
    isClosed: (message: ClaimedMessage) => boolean,
  ): 'lease' | 'part_failed' | 'hours' | null {
    const flight = this.flights.get(attemptId);
    if (!flight || performance.now() >= flight.line.leaseUntil) return 'lease';
    if (flight.outcomes.some(({ kind }) => kind !== 'submitted')) return 'part_failed';
    if (!flight.begun && isClosed(flight.message)) return 'hours';
    flight.begun = true;
    return null;
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

  /** Parts that were never handed to the provider. */
  reportStopped(attemptId: string, partNos: readonly number[], code: string): void {
    this.report(
      attemptId,
      partNos.map((partNo): PartOutcome => ({ partNo, kind: 'not_sent', reason: STOPPED, code })),
    );
  }

  /**
   * Renews leases that are half spent, and gives up lines that number nothing new and have nothing flying any more. Answers are
   * normally there long before a lease ends; this is for slow providers and for slots that are far apart. When it fails,
   * nothing more is written under the old lease.
   */
  async keepLines(): Promise<void> {
    const lost = await this.lines.renew(this.settings.leaseMs);
    if (lost > 0) this.logger.warn({ lines: lost, msg: 'lines were lost: their leases had run out' });
    const flying = this.linesInUse();
    await this.lines.end(this.lines.retired().filter((line) => !flying.has(line)));
  }

  /** Gives up every line on which nothing flies; for the end of the process. */
  async endLines(): Promise<void> {
    const flying = this.linesInUse();
    await this.lines.end(this.lines.all().filter((line) => !flying.has(line)));
  }

  private linesInUse(): Set<SendingLine> {
    return new Set([...this.flights.values(), ...this.unsettled].map(({ line }) => line));
  }
}

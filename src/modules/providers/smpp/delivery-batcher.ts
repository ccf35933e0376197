import { Status } from './codec/protocol.js';
import type { SmppSession } from './smpp-session.js';

/** What is needed to answer a delivery later; not the delivery itself, whose buffer is reused. */
export interface Acknowledgement {
  session: SmppSession;
  command: number;
  sequence: number;
}

/** How long the first of a batch waits for company (each is a commit), and what a batch and the backlog may hold at most. */
const LINGER_MS = 5;
const MAX_BATCH = 500;
const MAX_BACKLOG = 10_000;

/**
 * Gathers what the peer delivers while the batch before is being stored, hands it over one batch at a time, and answers
 * the peer only then: with "ok" when it is durable, with "temporary error" when it is not, so that it comes again.
 */
export class DeliveryBatcher<T> {
  private items: T[] = [];
  private acknowledgements: Acknowledgement[] = [];
  private running: Promise<void> | null = null;

  constructor(private readonly store: (items: T[]) => Promise<void>) {}

  add(item: T, acknowledgement: Acknowledgement): void {
    if (this.items.length >= MAX_BACKLOG) return answer(acknowledgement, Status.temporaryAppError);
    this.items.push(item);
    this.acknowledgements.push(acknowledgement);
    this.running ??= this.run();
  }

  /** Resolves when everything that was there has been stored and answered. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.items.length > 0) {
      if (this.items.length < MAX_BATCH) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
      const items = this.items.splice(0, MAX_BATCH);
      const acknowledgements = this.acknowledgements.splice(0, MAX_BATCH);
      const status = await this.stored(items);
      for (const acknowledgement of acknowledgements) answer(acknowledgement, status);
    }
    this.running = null;
  }

  private async stored(items: T[]): Promise<number> {
    try {
      await this.store(items);
      return Status.ok;
    } catch {
      return Status.temporaryAppError;
    }
  }
}

function answer({ session, command, sequence }: Acknowledgement, status: number): void {
  session.acknowledge(command, sequence, status);
}

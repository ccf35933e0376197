import { Status } from './codec/protocol.js';
import type { SmppSession } from './smpp-session.js';

/** What is needed to answer a delivery later; not the delivery itself, whose buffer is reused. */
export interface Acknowledgement {
  session: SmppSession;
  command: number;
  sequence: number;
}

/**
 * The first of a batch waits for company, because each batch is a commit: until nothing more came for a moment (a peer with a small
 * window waits for our answers), or so long at most. And what a batch and the backlog may hold.
 */
const QUIET_MS = 5;
const LINGER_MS = 25;
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
      await this.gather();
      const items = this.items.splice(0, MAX_BATCH);
      const acknowledgements = this.acknowledgements.splice(0, MAX_BATCH);
      const status = await this.stored(items);
      for (const acknowledgement of acknowledgements) answer(acknowledgement, status);
    }
    this.running = null;
  }

  private async gather(): Promise<void> {
    const deadline = performance.now() + LINGER_MS;
    for (let before = 0; this.items.length > before && this.items.length < MAX_BATCH && performance.now() < deadline;) {
      before = this.items.length;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
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

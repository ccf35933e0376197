import { Injectable } from '@nestjs/common';
import type { InboundMessage, LateAnswer, SmsProvider } from '../sms-provider.js';
import type { RateGate } from '../rate-gates.js';

/** A link that this process holds the lease of and may send over. */
export interface ActiveConnection {
  providerId: string;
  /** From 1. */
  bindNo: number;
  /** Grows with every new holder of the bind. */
  fence: bigint;
  provider: SmsProvider;
  /** The gates that a request over this link must pass, the pacing one first. */
  gates: RateGate[];
  /** Requests that can be written right now. */
  freeSlots(): number;
}

export interface LateAnswers {
  providerId: string;
  answers: LateAnswer[];
}

export interface Inbound {
  providerId: string;
  messages: InboundMessage[];
}

/** Runs the live links of a worker process. */
@Injectable()
export class ProviderConnections {
  async start(): Promise<void> {
    throw new Error('not written yet');
  }

  /** Returns the leases after the links have drained. */
  async stop(_drainMs: number): Promise<void> {
    throw new Error('not written yet');
  }

  /** Links that may be used now; ask each time, a lease may be lost. */
  active(): ActiveConnection[] {
    throw new Error('not written yet');
  }

  /** A link appeared, or one that was full has room: time to claim. Returns how to stop listening. */
  onFreeSlots(_listener: () => void): () => void {
    throw new Error('not written yet');
  }

  /** Answers to what had been called `unknown`. Best effort. Returns how to stop listening. */
  onLateAnswers(_listener: (late: LateAnswers) => void): () => void {
    throw new Error('not written yet');
  }
}

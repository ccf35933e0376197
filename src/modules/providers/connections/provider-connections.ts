import type { RateGate } from '../rate-gates.js';
import type { LateAnswer, SmsProvider } from '../sms-provider.js';

/** A link that this process holds the lease of and may send over. */
export interface ActiveConnection {
  providerId: string;
  /** From 1. */
  bindNo: number;
  /** Grows with every new holder of the bind and every new session on it. */
  fence: bigint;
  provider: SmsProvider;
  /** The gates that a request over this link must pass, the pacing one first. Read them each time: rates are changed without a new link. */
  readonly gates: readonly RateGate[];
  /** Requests that can be written right now. */
  freeSlots(): number;
}

export interface LateAnswers {
  providerId: string;
  answers: LateAnswer[];
}

/** The live links of a worker process, as others see them. Implemented by {@link LinkKeeper}. */
export abstract class ProviderConnections {
  /** Resolves after the first look at the table; links become ready by themselves. */
  abstract start(): Promise<void>;

  /** Waits up to `drainMs` for open answers and reports being stored, closes the links and gives the binds back. */
  abstract stop(drainMs: number): Promise<void>;

  /** Something was changed: look at the table at once and not with the next beat. */
  abstract lookNow(): void;

  /** Links that may be used now; ask each time, a lease may be lost. */
  abstract active(): ActiveConnection[];

  /** Links that are up, also those of providers that are being drained: over these nothing may be sent, but asked. */
  abstract askable(): ActiveConnection[];

  /** A link appeared or went, or one that was full has room: time to look. Returns how to stop listening. */
  abstract onFreeSlots(listener: () => void): () => void;

  /** Answers to what had been called `unknown`. Best effort. Returns how to stop listening. */
  abstract onLateAnswers(listener: (late: LateAnswers) => void): () => void;
}

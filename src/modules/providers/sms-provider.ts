import type { SmsEncoding } from '../../kernel/sms-parts.js';

/**
 * The port between dispatch and whoever carries the messages. One instance is one *link*: one SMPP bind (or a
 * transmitter/receiver pair), or one set of HTTP credentials. Whoever leases links makes one instance per lease.
 *
 * Adapters know neither Nest nor the database. They never retry, never re-split, never decide about money: they say what
 * happened to each part, in the four words of {@link PartResult}, and everything else is decided above them.
 */

/** How the text of a part travels. Chosen by whoever counted the parts; adapters never change it. */
export type Encoding = SmsEncoding;

/** One billed segment, already split. */
export interface OutboundPart {
  /** From 1. */
  partNo: number;
  /** Parts of the whole message, also when only some of them are still to be sent. */
  partsTotal: number;
  text: string;
}

/** One message, or what is left of it, to be handed to a provider. */
export interface Submission {
  /** Ours, unique per attempt; sent along where the provider takes one. Returned with every outcome. */
  clientReference: string;
  /** E.164 digits, no plus. */
  to: string;
  /** Sender name, short code or number. */
  sender: string;
  encoding: Encoding;
  /** Ties the parts together on the phone; stable for a message, whichever of its parts are sent. Adapters use its low bits. */
  concatReference: number;
  /** Only the parts still to be sent, in ascending order, at least one. */
  parts: OutboundPart[];
  /** Nothing is sent from this instant on, and the provider is told it where it can be. Null: the provider's own default. */
  validUntil: Date | null;
}

/** Why a part provably did not leave. */
export type NotSentReason =
  /** The provider said "too fast" (0x58, 0x14, HTTP 429). */
  | 'throttled'
  /** No bind, connection refused, or the connection closed before the part was written. */
  | 'disconnected'
  /** No room in the window within this call. */
  | 'queue_full'
  /** The provider said, or the state of the link says, "not now": out of service, credentials refused. */
  | 'unavailable'
  /** The provider said that our money there is spent. */
  | 'provider_no_funds'
  /** `validUntil` had passed when it was this part's turn. */
  | 'expired';

/** What became of one part. `code` is the provider's own where it gave one (`0x0000000b`, `429`), else ours in words. */
export type PartResult =
  /** Taken over. `providerMessageId` is canonical: compare it for equality with reports' ids. Empty when the answer named none. */
  | {
      kind: 'submitted';
      providerMessageId: string;
      costMicros?: bigint;
      /** ISO 4217, of `costMicros`. */
      currency?: string;
      operator?: string;
      /** How many parts the provider counts, of the whole message. */
      billedParts?: number;
    }
  /** A definite refusal: sending the same again is pointless here, another route may still take it. */
  | {
      kind: 'rejected';
      code: string;
      detail: string;
      /** The provider says that the recipient does not want messages from this sender. */
      optedOut?: true;
    }
  /** Provably not sent: goes back to the queue without burning the attempt. */
  | { kind: 'not_sent'; reason: NotSentReason; code: string; retryAfterMs?: number }
  /** It may or may not have left: time-out, reset after the write, 5xx. Never resend it blindly. */
  | { kind: 'unknown'; code: string; detail: string };

export type PartOutcome = { partNo: number } & PartResult;

/** The outcome of every part of one submission, in the order of its parts. */
export interface SubmissionOutcome {
  clientReference: string;
  parts: PartOutcome[];
}

/** An answer that came after its part had been reported `unknown`. */
export interface LateAnswer {
  clientReference: string;
  part: PartOutcome;
}

/** Message states as a provider's report can express them, in our words. */
export type ReportStatus = 'submitted' | 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown';

/** A delivery report as it came in: an appended fact, which the layers above match, park and apply. */
export interface ProviderReport {
  /** Canonical, see {@link PartResult}. May arrive before the submit's own answer; empty when the report named none. */
  providerMessageId: string;
  /** The reference we sent along, where the provider echoes it. */
  clientReference?: string;
  status: ReportStatus;
  /** A note on the way, never a final state, whatever `status` says. */
  intermediate: boolean;
  /** The provider's error code as it wrote it; null when it says "no error" or nothing. */
  errorCode: string | null;
  /** The provider says that the recipient does not want messages from this sender. */
  optedOut?: true;
  doneAt: Date | null;
  receivedAt: Date;
  /** The sender the message had. */
  from?: string;
  /** The recipient, digits. */
  to?: string;
  /** Only where the provider reports by part of a message that has one id. */
  partNo?: number;
  costMicros?: bigint;
  /** ISO 4217, of `costMicros`. */
  currency?: string;
  operator?: string;
  /** The report as it came, for the record. Holds phone numbers: never log it. */
  raw: string;
}

/** A message from a phone to us. Parts are handed over as they come; joining them is up to the receiver. */
export interface InboundMessage {
  /** The phone, digits where it is a number. */
  from: string;
  to: string;
  text: string;
  receivedAt: Date;
  /** Of a part: what its parts have in common, from 1, how many. */
  concat?: { reference: number; partNo: number; partsTotal: number };
  providerMessageId?: string;
}

/**
 * `connecting`: not usable yet or again, it tries by itself. `throttled`: connected, paused by the provider's answer.
 * `auth_failed`: the provider refuses the credentials; `no_funds`: our money there is spent. Nothing is tried after either until
 * {@link SmsProvider.start} is called anew.
 * `draining`: takes nothing more, waits for answers. `stopped`: never started, or stopped.
 */
export type ProviderStatus = 'stopped' | 'connecting' | 'ready' | 'throttled' | 'auth_failed' | 'no_funds' | 'draining';

/** What ops sees of a link. */
export interface ProviderState {
  status: ProviderStatus;
  since: Date;
  /** When it tries again, where it knows. */
  retryAt: Date | null;
  lastError: { code: string; detail: string; at: Date } | null;
  /** Requests that wait for an answer. */
  inFlight: number;
  /**
   * The most that may wait for one now. While a link is probed after an outage that is 1, not what is configured: whoever
   * keeps a share of the window for urgent messages would else keep the probe itself, and nothing could ever leave.
   */
  window: number;
}

/** What the adapter can do, so that nobody has to ask which adapter it is. */
export interface ProviderCapabilities {
  /** What free slots and rates are counted in: parts, or messages, also where several of them share a request. */
  requestUnit: 'part' | 'message';
  /** Messages that may share a request. The adapter puts those together that can be; nobody has to hand them over together. */
  maxBatch: number;
  /** Units (septets, UTF-16 units) that a part of several may hold; 153 and 67 unless the link uses longer headers. */
  maxPartUnits: Record<Encoding, number>;
  /** {@link SmsProvider.queryStatus} is there. */
  statusQuery: boolean;
  /** It finds a message also by our reference alone: one whose submit was never answered can be asked about. */
  askedByReference: boolean;
  /** {@link SmsProvider.balance} is there. */
  balance: boolean;
  /** How reports come: over the link itself, to our callback route, by asking, or never. */
  reports: 'link' | 'callback' | 'polled' | 'none';
  /** An answer may still come after a part was called `unknown`. */
  lateAnswers: boolean;
  inbound: boolean;
}

/** Who listens to a link; handed over at start, so that nothing can arrive unheard. */
export interface ProviderListener {
  /**
   * Reports in the order they came, those of a few milliseconds together. The provider's acknowledgement waits for the
   * promise: resolve when the reports are durable. Rejected: the provider is told to repeat them. Calls do not overlap.
   */
  onReports(reports: ProviderReport[]): Promise<void>;
  /** Same promise as {@link onReports}. Absent: inbound messages are refused, not swallowed. */
  onInbound?(messages: InboundMessage[]): Promise<void>;
  /** Best effort: the provider is not told whether this worked. */
  onLateAnswers?(answers: LateAnswer[]): void;
  onStateChange?(state: ProviderState): void;
  /** Free slots appeared where there were none: time to claim. Several in a row are reported once. */
  onCapacity?(): void;
}

export interface StatusQuery {
  clientReference: string;
  /** Empty when the submit's answer never came: only providers that know references can then say something. */
  providerMessageId: string;
  to: string;
}

export interface StatusAnswer {
  clientReference: string;
  /**
   * `not_found`: the provider has no such message. Of one that it took over that is no proof of anything: it may have forgotten it.
   * Null: it could not be asked now.
   */
  result: ProviderReport | 'not_found' | null;
}

export interface ProviderBalance {
  /** The provider's own figure, as a decimal string. */
  amount: string;
  /** ISO 4217, or the provider's word for its unit (`points`, `sms`). */
  currency: string;
}

/** What a provider says to credentials: `unclear` when it said neither yes nor no, or was not to be reached. */
export type CredentialVerdict =
  | { kind: 'accepted'; balance: ProviderBalance | null }
  | { kind: 'refused' | 'unclear'; code: string; detail: string };

/** One link to a provider. See the head of this file for what an adapter may and may not do. */
export interface SmsProvider {
  /** `smpp`, `http`, … */
  readonly kind: string;
  readonly capabilities: ProviderCapabilities;

  /**
   * Begins to work and returns at once; {@link ProviderListener.onStateChange} tells when it is ready. A start while it runs
   * is ignored; a start after `auth_failed`, `no_funds` or `stop` begins anew. Throws only for a configuration that can never work.
   */
  start(listener: ProviderListener): void;

  /**
   * Takes nothing more, waits up to `drainMs` for open answers and for reports being stored, then closes. Afterwards every
   * promise of {@link submit} has resolved. Never rejects.
   */
  stop(drainMs: number): Promise<void>;

  state(): ProviderState;

  /**
   * What can be handed over right now, in {@link ProviderCapabilities.requestUnit}; 0 unless `ready`. Dispatch commits `submitting` only for what fits, see
   * {@link slotsNeeded}. A message with more parts than the whole window is let in when the window is empty.
   */
  freeSlots(): number;

  /**
   * Sends, in the given order, and resolves with one outcome per submission in the same order when the last of them is
   * known. Never rejects, never sends a part twice; resolves at the latest when the response time-out of what was written
   * last is over, and what could not be written by then is `not_sent`. Calls may overlap.
   *
   * @param onOutcome called exactly once per submission as soon as all its parts are known, in whatever order that happens,
   * always before the promise resolves; lets the caller settle in batches of its own. It must not throw.
   */
  submit(batch: readonly Submission[], onOutcome?: (outcome: SubmissionOutcome) => void): Promise<SubmissionOutcome[]>;

  /** Asks for the state of messages, where `capabilities.statusQuery`. Never rejects. */
  queryStatus?(queries: readonly StatusQuery[]): Promise<StatusAnswer[]>;

  /** The balance at the provider, where `capabilities.balance`. Null: it could not be asked now. Never rejects. */
  balance?(): Promise<ProviderBalance | null>;

  /**
   * Asks something cheap with the credentials, sending nothing; also of a link that is not started. Absent where there is nothing
   * to ask: whoever wants to know starts the link. Never rejects.
   */
  check?(): Promise<CredentialVerdict>;
}

/**
 * The slots that a submission takes at a link of these capabilities; compare with {@link SmsProvider.freeSlots}.
 */
export function slotsNeeded(capabilities: ProviderCapabilities, submission: Submission): number {
  return capabilities.requestUnit === 'part' ? submission.parts.length : 1;
}

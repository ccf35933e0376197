import { splitParts } from '../../../kernel/sms-parts.js';
import type { ProviderCapabilities, Submission } from '../../providers/index.js';
import type { PartOutcome } from '../domain/message-outcome.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';

/** A message that is being written: its attempt is committed, its parts wait for their slots or for their answers. */
export interface Flight {
  readonly message: ClaimedMessage;
  readonly attemptId: string;
  /** The link that it goes over. */
  readonly link: string;
  /** The fence of this claim. */
  readonly fence: bigint;
  readonly startedAt: Date;
  /** How many parts go out in this flight. */
  readonly partCount: number;
  readonly outcomes: PartOutcome[];
  /** Monotonic time until which the lease is known to hold; nothing is written after it. */
  leaseUntil: number;
}

/** What takes one rate slot: a part, a message, or a batch of messages, as the link counts. */
export type Parcel = readonly Submission[];

/** How many rate slots, and how much of the link's window, a message takes. */
export function unitsOf(message: ClaimedMessage, capabilities: ProviderCapabilities): number {
  return capabilities.requestUnit === 'part' ? message.parts - (message.partsGone?.length ?? 0) : 1;
}

/** Slots for so many units in the window: a batch of submissions shares one request. */
export function slotsFor(units: number, { requestUnit, maxBatch }: ProviderCapabilities): number {
  return requestUnit === 'batch' ? Math.ceil(units / maxBatch) : units;
}

/**
 * The submission of what is left of a message, or null when its text no longer has the parts that were priced: then it must
 * not leave.
 */
export function toSubmission(message: ClaimedMessage, attemptId: string, defaultSender: string): Submission | null {
  const texts = splitParts(message.body).parts;
  if (texts.length !== message.parts) return null;
  const parts = texts.map((text, index) => ({ partNo: index + 1, partsTotal: texts.length, text }));
  return {
    clientReference: attemptId,
    to: message.recipient,
    sender: message.sender ?? defaultSender,
    encoding: message.encoding,
    concatReference: concatReference(message.id),
    parts: parts.filter(({ partNo }) => !message.partsGone?.includes(partNo)),
    validUntil: message.validUntil,
  };
}

/** The last 16 bits of the id: random, and the same whichever parts are sent when. */
function concatReference(messageId: string): number {
  return Number.parseInt(messageId.slice(-4), 16);
}

/** Cuts submissions into what takes one slot each, in order. */
export function toParcels(
  submissions: readonly Submission[],
  { requestUnit, maxBatch }: ProviderCapabilities,
): Parcel[] {
  if (requestUnit === 'message') return submissions.map((submission) => [submission]);
  if (requestUnit === 'part')
    return submissions.flatMap((submission) => submission.parts.map((part) => [{ ...submission, parts: [part] }]));
  const parcels: Parcel[] = [];
  for (let from = 0; from < submissions.length; from += maxBatch)
    parcels.push(submissions.slice(from, from + maxBatch));
  return parcels;
}

/** Puts parts of one message that go out at the same moment back into one submission. */
export function joinParcels(parcels: readonly Parcel[]): Submission[] {
  const joined: Submission[] = [];
  for (const submission of parcels.flat()) {
    const last = joined.at(-1);
    if (last && last.clientReference === submission.clientReference) last.parts.push(...submission.parts);
    else joined.push({ ...submission, parts: [...submission.parts] });
  }
  return joined;
}

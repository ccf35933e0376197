import { splitParts } from '../../../kernel/sms-parts.js';
import type { ProviderCapabilities, SendingLine, Submission } from '../../providers/index.js';
import type { PartOutcome } from '../domain/message-outcome.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';

/** A message that a line of this process has, and that is not written yet: it can still be given back. */
export interface Claimed {
  readonly message: ClaimedMessage;
  readonly line: SendingLine;
  /** Its number in the line. */
  readonly no: number;
  readonly submission: Submission;
  /** When its attempt began; the first try of one is as old as its id. */
  readonly startedAt: Date;
  /** Monotonic. */
  readonly claimedAt: number;
}

/** A message that is being written: the mark of its line is past it, its parts wait for their slots or for their answers. */
export interface Flight {
  readonly message: ClaimedMessage;
  readonly attemptId: string;
  /** The link that it goes over. */
  readonly link: string;
  readonly line: SendingLine;
  readonly startedAt: Date;
  /** How many parts go out in this flight. */
  readonly partCount: number;
  readonly outcomes: PartOutcome[];
  /** A part of it was handed to the provider. */
  begun: boolean;
}

/** From here on the provider may have it; its row learns of it with the outcome. */
export function beginSubmitting(message: ClaimedMessage): void {
  if (message.state === 'submitting') return;
  message.rowState = message.state;
  message.state = 'submitting';
}

/** What takes one rate slot: a part or a message, as the link counts. */
export type Parcel = readonly Submission[];

/** How many rate slots, and how much of the link's window, a message takes. */
export function unitsOf(message: ClaimedMessage, capabilities: ProviderCapabilities): number {
  return capabilities.requestUnit === 'part' ? message.parts - (message.partsGone?.length ?? 0) : 1;
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
export function toParcels(submissions: readonly Submission[], { requestUnit }: ProviderCapabilities): Parcel[] {
  if (requestUnit === 'message') return submissions.map((submission) => [submission]);
  return submissions.flatMap((submission) => submission.parts.map((part) => [{ ...submission, parts: [part] }]));
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

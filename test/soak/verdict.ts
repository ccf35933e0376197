import { readFileSync } from 'node:fs';
import type { Outcome } from '../../src/sandbox/behaviour.js';
import type { ReportRecord, SubmitRecord } from '../../src/sandbox/journal.js';
import type { BookedMessage } from './books.js';
import type { Answered } from './traffic.js';

/** What the operator has on record about one number: how often it took each part over, and which reports we acknowledged. */
interface OperatorView {
  partsTaken: Map<number, number>;
  of: number;
}

export interface Evidence {
  answers: ReadonlyMap<string, Answered>;
  booked: readonly BookedMessage[];
  /** Of every operator. */
  logFiles: readonly string[];
  /** Messages that were unknown at some time. */
  onceUnknown: ReadonlySet<string>;
  outcomeOf: (number: string) => Outcome;
  /** When the second provider was closed, by the operator's clock. */
  closed: { systemId: string; from: Date; to: Date };
}

export interface Verdict {
  /** Messages that the operator took over, whole or in part. */
  submitted: number;
  duplicates: string[];
  lost: string[];
  /** Submits that the operator got from the closed provider. */
  outOfHours: string[];
}

/** Compares what the portal was promised, what the operator took over and what the rows say. Each finding names its number. */
export function judge(evidence: Evidence): Verdict {
  const lines = evidence.logFiles.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
  const records = lines.map((line) => JSON.parse(line) as SubmitRecord | ReportRecord);
  const submits = records.filter((record) => record.event === 'submit').filter(({ accepted }) => accepted);
  const views = viewsOf(submits);
  const begun = begunInTime(submits, evidence.closed);
  const booked = new Map(evidence.booked.map((message) => [message.recipient, message]));
  const numbers = [...evidence.answers.keys()].map((to) => to.slice(1));
  return {
    submitted: numbers.filter((number) => views.has(number)).length,
    duplicates: numbers.flatMap((number) => duplicatesOf(number, views.get(number), booked.get(number))),
    lost: [
      ...numbers.flatMap((number) => lossOf(number, views.get(number), booked.get(number), evidence)),
      ...strangers(views, booked),
    ],
    outOfHours: submits
      .filter((submit) => isOutOfHours(submit, evidence.closed) && !begun.has(submit.to))
      .map(({ to, at }) => `${to} at ${at}`),
  };
}

function viewsOf(submits: readonly SubmitRecord[]): Map<string, OperatorView> {
  const views = new Map<string, OperatorView>();
  for (const { to, part, of } of submits) {
    const view = views.get(to) ?? { partsTaken: new Map<number, number>(), of };
    view.partsTaken.set(part, (view.partsTaken.get(part) ?? 0) + 1);
    views.set(to, view);
  }
  return views;
}

function duplicatesOf(number: string, view: OperatorView | undefined, message: BookedMessage | undefined): string[] {
  if (!view || message?.mayRepeat) return [];
  return [...view.partsTaken]
    .filter(([, times]) => times > 1)
    .map(([part, times]) => `${number}: part ${part} was taken over ${times} times`);
}

/**
 * A message is lost when it was accepted and is no row; when its row says that it left and the operator never got it; or when the
 * operator told us what became of it and the row says something else.
 */
function lossOf(
  number: string,
  view: OperatorView | undefined,
  message: BookedMessage | undefined,
  { onceUnknown, outcomeOf }: Evidence,
): string[] {
  if (!message) return [`${number}: accepted, and no row`];
  const { state, reason, parts } = message;
  const taken = view?.partsTaken.size ?? 0;
  const left = ['submitted', 'delivered'].includes(state);
  if (left && taken < parts) return [`${number}: ${state}, but the operator has ${taken} of ${parts} parts`];
  const expected = outcomeOf(number) === 'refused' ? 'rejected' : outcomeOf(number);
  // Of a message whose writer died between its parts some never left: its deadline ends it, or a part that failed.
  const open = onceUnknown.has(message.id) && ['expired', 'rejected', 'undelivered'].includes(state);
  if (state === 'undelivered' && taken === 0) return [`${number}: undelivered, but the operator never had it`];
  if (taken === parts && state !== expected && !(open && state !== 'undelivered'))
    return [`${number}: the operator reported ${expected}, the row says ${state} (${reason})`];
  if (taken > 0 && taken < parts && !open)
    return [`${number}: the operator has ${taken} of ${parts} parts, the row says ${state} (${reason})`];
  return [];
}

/** What left and was never accepted from anybody. */
function strangers(views: ReadonlyMap<string, OperatorView>, booked: ReadonlyMap<string, BookedMessage>): string[] {
  return [...views.keys()]
    .filter((number) => !booked.has(number) && number !== REGISTRATION)
    .map((number) => `${number}: at the operator, and no row`);
}

/** The number of the clinic's owner, whose code is the platform's message. */
const REGISTRATION = '79161234567';
/** Between the decision to send and the operator's look at its clock. */
const ON_ITS_WAY_MS = 1_000;

/** What has begun is finished: half a message in the evening is worse than its second half a moment late. */
function begunInTime(submits: readonly SubmitRecord[], { systemId, from }: Evidence['closed']): Set<string> {
  const inTime = (at: string): boolean => new Date(at).getTime() <= from.getTime() + ON_ITS_WAY_MS;
  return new Set(submits.filter((submit) => submit.systemId === systemId && inTime(submit.at)).map(({ to }) => to));
}

function isOutOfHours({ systemId, at }: SubmitRecord, closed: Evidence['closed']): boolean {
  const time = new Date(at).getTime();
  return systemId === closed.systemId && time > closed.from.getTime() + ON_ITS_WAY_MS && time < closed.to.getTime();
}

import { instantOf } from '../../../kernel/ids.js';
import type { ChargeState, MessageState } from './message.js';

export const HISTORY_KINDS = ['accepted', 'price', 'attempt', 'report', 'decision', 'state'] as const;

/** One thing that happened to a message. */
export interface HistoryEvent {
  at: Date;
  kind: (typeof HISTORY_KINDS)[number];
  /** Of the message, its attempt, its price, or what a report or a decision said. */
  state: string;
  attempt: number | null;
  part: number | null;
  code: string | null;
}

/** What a history is made of: rows that are there anyway. */
export interface HistoryFacts {
  message: {
    state: MessageState;
    reason: string | null;
    charge_state: ChargeState;
    created_at: Date;
    state_at: Date;
    hold_entry_id: string | null;
    settle_entry_id: string | null;
    refund_entry_id: string | null;
  };
  attempts: readonly {
    id: string;
    attempt_no: number;
    state: string;
    error_code: string | null;
    started_at: Date;
    finished_at: Date | null;
  }[];
  reports: readonly {
    attempt_id: string | null;
    part_no: number | null;
    status: string;
    error_code: string | null;
    received_at: Date;
  }[];
  decisions: readonly { at: Date; action: string }[];
}

/**
 * The life of a message, in the order of time, from what is written down of it: its row, its attempts (whose ids say when each was
 * first begun), reports, ledger entries (whose ids are as old as they are) and decisions of operations. Nothing is written for
 * it. So it does not know of waits for a window to open, and of the tries between an attempt's first and its last one, which left
 * nothing.
 */
export function historyOf(facts: HistoryFacts): HistoryEvent[] {
  const { message, attempts, reports, decisions } = facts;
  const events = [
    acceptance(message),
    ...attempts.flatMap(aboutAttempt),
    ...reports.map((report) => aboutReport(report, attempts)),
    ...decisions.map(({ at, action }) => event(at, 'decision', action.replace(/^message\./, ''))),
    ...present(facts),
    ...aboutPrice(message),
  ];
  // Stable: what happened within the same millisecond keeps the order of cause and effect above.
  return events.toSorted((a, b) => a.at.getTime() - b.at.getTime());
}

/** Refused, or not to be paid, from the beginning. */
function isHeldUpAtOnce({ state, state_at: stateAt, created_at: createdAt }: HistoryFacts['message']): boolean {
  return (state === 'blocked' || state === 'waiting_funds') && stateAt.getTime() === createdAt.getTime();
}

function acceptance(message: HistoryFacts['message']): HistoryEvent {
  const { created_at: at, state, reason } = message;
  return isHeldUpAtOnce(message) ? event(at, 'accepted', state, { code: reason }) : event(at, 'accepted', 'accepted');
}

/** The state that it is in, unless acceptance or the attempt that is going on says it. */
function present({ message, attempts }: HistoryFacts): HistoryEvent[] {
  const { state, state_at: at, created_at: createdAt, reason } = message;
  const isSaid = at.getTime() === createdAt.getTime() || (state === 'submitting' && attempts.length > 0);
  return isSaid ? [] : [event(at, 'state', state, { code: reason })];
}

function aboutPrice(message: HistoryFacts['message']): HistoryEvent[] {
  const { charge_state: charge, hold_entry_id: hold, settle_entry_id: settle, refund_entry_id: refund } = message;
  return [
    ...(hold === null ? [] : [event(instantOf(hold), 'price', 'held')]),
    ...(settle === null ? [] : [event(instantOf(settle), 'price', charge === 'released' ? 'released' : 'captured')]),
    ...(refund === null ? [] : [event(instantOf(refund), 'price', 'refunded')]),
  ];
}

function aboutAttempt(one: HistoryFacts['attempts'][number]): HistoryEvent[] {
  const attempt = one.attempt_no;
  const first = instantOf(one.id);
  const begun = first < one.started_at ? [first, one.started_at] : [one.started_at];
  const ended = one.finished_at && event(one.finished_at, 'attempt', one.state, { attempt, code: one.error_code });
  return [...begun.map((at) => event(at, 'attempt', 'submitting', { attempt })), ...(ended ? [ended] : [])];
}

function aboutReport(report: HistoryFacts['reports'][number], attempts: HistoryFacts['attempts']): HistoryEvent {
  const attempt = attempts.find(({ id }) => id === report.attempt_id)?.attempt_no ?? null;
  const { part_no: part, error_code: code } = report;
  return event(report.received_at, 'report', report.status, { attempt, part, code });
}

function event(
  at: Date,
  kind: HistoryEvent['kind'],
  state: string,
  more: Partial<Pick<HistoryEvent, 'attempt' | 'part' | 'code'>> = {},
): HistoryEvent {
  return { at, kind, state, attempt: null, part: null, code: null, ...more };
}

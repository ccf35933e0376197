import {
  applyToPart,
  type PartState,
  type ReportedStatus,
  type ReportOutcome,
  stateFromParts,
} from './report-effect.js';
import type { MessageState } from './message.js';
import type { TransitionCause } from './transitions.js';

/** The parts of one attempt while a batch of reports is applied to them. */
interface AttemptParts {
  messageId: string;
  parts: Map<number, PartState>;
  /** What the provider calls them, as far as that is known. */
  numbers: Map<string, number>;
}

export interface PartChange {
  attemptId: string;
  partNo: number;
  state: PartState;
  errorCode: string | null;
  /** Learned with the report; null: known before. */
  providerMessageId: string | null;
}

export interface MessageChange {
  messageId: string;
  to: MessageState;
  cause: TransitionCause;
}

export interface AppliedReport extends ReportedStatus {
  errorCode: string | null;
  /** Given where the id of the part was not known before. */
  learnedId: string | null;
}

/**
 * Applies reports in the order in which they came, and collects what they change. A message that moves twice in one batch
 * (expired, then delivered after all) moves in two rounds, because the money of the first is not that of the second.
 */
export class ReportBatch {
  private readonly attempts = new Map<string, AttemptParts>();
  private readonly states = new Map<string, { state: MessageState; partsTotal: number; round: number }>();
  private readonly changed = new Map<string, PartChange>();
  readonly rounds: MessageChange[][] = [];
  /** A message of the batch was unknown, or expired: its outcome may be explained now. */
  mayExplain = false;

  /** A message as its locked row says. */
  addMessage(messageId: string, state: MessageState, partsTotal: number): void {
    this.states.set(messageId, { state, partsTotal, round: 0 });
    this.mayExplain ||= state === 'unknown' || state === 'expired';
  }

  addPart(
    messageId: string,
    attemptId: string,
    { partNo, state, providerMessageId }: { partNo: number; state: PartState; providerMessageId: string | null },
  ): void {
    const attempt = this.attempts.get(attemptId) ?? { messageId, parts: new Map(), numbers: new Map() };
    this.attempts.set(attemptId, attempt);
    attempt.parts.set(partNo, state);
    if (providerMessageId !== null) attempt.numbers.set(providerMessageId, partNo);
  }

  /** The state of a part, or null when it is not known here. */
  partState(attemptId: string, partNo: number): PartState | null {
    return this.attempts.get(attemptId)?.parts.get(partNo) ?? null;
  }

  /**
   * The part that a report is about whose id matched nothing: the one that got this id meanwhile, from another report of the batch or
   * of somebody else's, because a repeated report explains no second part; else the lowest whose outcome is unknown, since parts
   * without an answer are interchangeable.
   */
  unknownPart(attemptId: string, providerMessageId: string): number | null {
    const attempt = this.attempts.get(attemptId);
    const known = attempt?.numbers.get(providerMessageId);
    if (known !== undefined) return known;
    const parts = [...(attempt?.parts ?? [])];
    const unknown = parts.filter(([, state]) => state === 'unknown').map(([partNo]) => partNo);
    return unknown.length > 0 ? Math.min(...unknown) : null;
  }

  /** Answers how the report is to be recorded: by the part on which it had the strongest effect. */
  apply(attemptId: string, partNos: readonly number[], report: AppliedReport): ReportOutcome {
    const attempt = this.attempts.get(attemptId);
    if (!attempt) return 'unmatched';
    const outcomes = partNos.map((partNo) => this.applyToPart(attemptId, attempt, partNo, report));
    this.moveMessage(attempt);
    return STRONGEST.find((outcome) => outcomes.includes(outcome)) ?? 'unmatched';
  }

  partChanges(): PartChange[] {
    return [...this.changed.values()];
  }

  private applyToPart(attemptId: string, attempt: AttemptParts, partNo: number, report: AppliedReport): ReportOutcome {
    const before = attempt.parts.get(partNo);
    if (before === undefined) return 'unmatched';
    const { outcome, part } = applyToPart(before, report);
    if (part === before && report.learnedId === null) return outcome;
    attempt.parts.set(partNo, part);
    if (report.learnedId !== null) attempt.numbers.set(report.learnedId, partNo);
    const key = `${attemptId}/${partNo}`;
    const known = this.changed.get(key);
    this.changed.set(key, {
      attemptId,
      partNo,
      state: part,
      errorCode: report.errorCode,
      providerMessageId: report.learnedId ?? known?.providerMessageId ?? null,
    });
    return outcome;
  }

  private moveMessage({ messageId, parts }: AttemptParts): void {
    const message = this.states.get(messageId);
    if (!message) return;
    const to = stateFromParts(message.state, [...parts.values()], message.partsTotal);
    if (to === null) return;
    const cause = to === 'submitted' ? 'outcome' : 'report';
    (this.rounds[message.round] ??= []).push({ messageId, to, cause });
    message.state = to;
    message.round++;
  }
}

const STRONGEST: readonly ReportOutcome[] = ['applied', 'intermediate', 'duplicate', 'contradicting'];

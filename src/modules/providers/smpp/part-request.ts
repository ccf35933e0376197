import type { SubmissionTracker } from '../sending/submission-tracker.js';
import type { OutboundPart, PartOutcome, PartResult, Submission } from '../sms-provider.js';
import type { WindowRequest } from './request-window.js';

/** What turns the events of a request into results, and hears of late ones. */
export interface ResultRules {
  resultOf(status: number, messageId: string): PartResult;
  timedOut(): PartResult;
  lateAnswer(clientReference: string, part: PartOutcome): void;
}

/** What a session writes as submit_sm; the answer is the id. */
export interface SubmitRequest extends WindowRequest<string> {
  readonly submission: Submission;
  readonly part: OutboundPart;
}

/** One submit_sm: a part, or with message_payload all parts in one. */
export class PartRequest implements SubmitRequest {
  deadline = 0;

  /** @param covers the indexes of the submission's parts that share this request's fate. */
  constructor(
    private readonly tracker: SubmissionTracker,
    readonly part: OutboundPart,
    private readonly covers: readonly number[],
    private readonly rules: ResultRules,
  ) {}

  get submission(): Submission {
    return this.tracker.submission;
  }

  settle(result: PartResult): void {
    for (const index of this.covers) this.tracker.settle(index, result);
  }

  answered(status: number, messageId: string): void {
    this.settle(this.rules.resultOf(status, messageId));
  }

  timedOut(): void {
    this.settle(this.rules.timedOut());
  }

  lost(written: boolean, code: string): void {
    this.settle(
      written
        ? { kind: 'unknown', code: 'disconnected', detail: `the connection ended before the answer: ${code}` }
        : { kind: 'not_sent', reason: 'disconnected', code },
    );
  }

  answeredLate(status: number, messageId: string): void {
    const result = this.rules.resultOf(status, messageId);
    for (const index of this.covers) {
      const { partNo } = this.submission.parts[index]!;
      this.rules.lateAnswer(this.submission.clientReference, { partNo, ...result });
    }
  }
}

import type { PartResult, Submission, SubmissionOutcome } from '../sms-provider.js';

/** Collects the outcomes of one submission's parts and tells when the last one is known. */
export class SubmissionTracker {
  private readonly outcome: SubmissionOutcome;
  private open: number;

  constructor(
    readonly submission: Submission,
    private readonly onDone: (outcome: SubmissionOutcome) => void,
  ) {
    this.open = submission.parts.length;
    this.outcome = { clientReference: submission.clientReference, parts: [] };
    this.outcome.parts.length = this.open;
  }

  settle(index: number, result: PartResult): void {
    this.outcome.parts[index] = { partNo: this.submission.parts[index]!.partNo, ...result };
    if (--this.open === 0) this.onDone(this.outcome);
  }
}

import type { SubmissionTracker } from '../sending/submission-tracker.js';
import type { PartResult, Submission } from '../sms-provider.js';
import type { RequestValues } from './request-builder.js';

/** What one request says of one message: all of it, or one part. */
export class Job {
  /** @param covers the indexes of the submission's parts that share this job's fate. */
  constructor(
    private readonly tracker: SubmissionTracker,
    private readonly covers: readonly number[],
    private readonly text: string,
    private readonly partNo: number,
  ) {}

  get submission(): Submission {
    return this.tracker.submission;
  }

  /** Parts that share this job's fate. */
  get count(): number {
    return this.covers.length;
  }

  /** One result for each part that it covers. */
  settleEach(results: readonly PartResult[]): void {
    for (const [position, index] of this.covers.entries()) this.tracker.settle(index, results[position]!);
  }

  /** The price of a whole message belongs to its first part, so that it is counted once. */
  settle(result: PartResult): void {
    for (const [position, index] of this.covers.entries()) {
      if (position > 0 && result.kind === 'submitted') {
        const { costMicros: _price, currency: _currency, ...free } = result;
        this.tracker.settle(index, free);
      } else this.tracker.settle(index, result);
    }
  }

  values(): RequestValues {
    const { submission } = this;
    return {
      to: submission.to,
      text: this.text,
      sender: submission.sender,
      reference: submission.clientReference,
      encoding: submission.encoding,
      partNo: this.partNo,
      partsTotal: submission.parts[0]!.partsTotal,
      concatReference: submission.concatReference,
      validUntil: submission.validUntil,
    };
  }
}

/** What goes out in one request: nearly always one job. */
export class Batch {
  /** Of waiting; monotonic. */
  deadline = 0;

  /** @param key what its messages have in common; null: it goes alone, and nothing waits for it. */
  constructor(
    readonly jobs: readonly Job[],
    readonly key: string | null = null,
  ) {}

  settle(result: PartResult): void {
    for (const job of this.jobs) job.settle(result);
  }
}

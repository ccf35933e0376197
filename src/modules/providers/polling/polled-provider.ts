import { Logger } from '@nestjs/common';
import type { ProviderListener, SmsProvider, StatusQuery, Submission, SubmissionOutcome } from '../sms-provider.js';
import type { PollBook } from './poll-book.js';

/**
 * A provider that does not report: what it took over, or may have, is written down to be asked about before anybody hears of the
 * outcome. Of one that reports but can be asked by our reference that is what nobody knows about: its report may be as lost as the answer
 * was. When it cannot be written the outcome is told all the same: it is true, and the message ends by its deadline.
 */
export class PolledProvider implements SmsProvider {
  private readonly logger = new Logger('providers');
  readonly kind: string;
  readonly capabilities: SmsProvider['capabilities'];

  constructor(
    private readonly inner: SmsProvider,
    private readonly providerId: string,
    private readonly book: PollBook,
  ) {
    this.kind = inner.kind;
    this.capabilities = inner.capabilities;
  }

  start(listener: ProviderListener): void {
    this.inner.start(listener);
  }

  stop(drainMs: number): Promise<void> {
    return this.inner.stop(drainMs);
  }

  state(): ReturnType<SmsProvider['state']> {
    return this.inner.state();
  }

  freeSlots(): number {
    return this.inner.freeSlots();
  }

  queryStatus(queries: readonly StatusQuery[]): ReturnType<NonNullable<SmsProvider['queryStatus']>> {
    return this.inner.queryStatus!(queries);
  }

  balance(): ReturnType<NonNullable<SmsProvider['balance']>> {
    return this.inner.balance?.() ?? Promise.resolve(null);
  }

  async submit(
    batch: readonly Submission[],
    onOutcome?: (outcome: SubmissionOutcome) => void,
  ): Promise<SubmissionOutcome[]> {
    const recipients = new Map(batch.map(({ clientReference, to }) => [clientReference, to]));
    const told: Promise<void>[] = [];
    const outcomes = await this.inner.submit(batch, (outcome) => {
      const queries = this.queriesOf(outcome, recipients.get(outcome.clientReference)!);
      if (queries.length === 0) onOutcome?.(outcome);
      else told.push(this.writeDown(queries).then(() => onOutcome?.(outcome)));
    });
    await Promise.all(told);
    return outcomes;
  }

  private queriesOf({ clientReference, parts }: SubmissionOutcome, to: string): StatusQuery[] {
    const reports = this.capabilities.reports !== 'polled';
    const ids = parts.flatMap((part) =>
      part.kind === 'unknown' ? [''] : part.kind === 'submitted' && !reports ? [part.providerMessageId] : [],
    );
    return [...new Set(ids)].map((providerMessageId) => ({ clientReference, providerMessageId, to }));
  }

  /** Never rejects. */
  private async writeDown(queries: StatusQuery[]): Promise<void> {
    try {
      await this.book.add(this.providerId, queries);
    } catch (error) {
      this.logger.error({ providerId: this.providerId, err: error, msg: 'a message cannot be asked about later' });
    }
  }
}

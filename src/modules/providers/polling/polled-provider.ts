import { Logger } from '@nestjs/common';
import type { ProviderListener, SmsProvider, StatusQuery, Submission, SubmissionOutcome } from '../sms-provider.js';
import type { PollBook } from './poll-book.js';

/**
 * A provider that does not report: what it took over, or may have, is written down to be asked about before anybody hears of the
 * outcome. When that cannot be written the outcome is told all the same: it is true, and the message ends by its deadline.
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
      told.push(this.writeDown(outcome, recipients.get(outcome.clientReference)!).then(() => onOutcome?.(outcome)));
    });
    await Promise.all(told);
    return outcomes;
  }

  /** Never rejects. */
  private async writeDown({ clientReference, parts }: SubmissionOutcome, to: string): Promise<void> {
    const ids = parts.flatMap((part) =>
      part.kind === 'submitted' ? [part.providerMessageId] : part.kind === 'unknown' ? [''] : [],
    );
    const queries = [...new Set(ids)].map((providerMessageId) => ({ clientReference, providerMessageId, to }));
    if (queries.length === 0) return;
    try {
      await this.book.add(this.providerId, queries);
    } catch (error) {
      this.logger.error({ providerId: this.providerId, err: error, msg: 'a message cannot be asked about later' });
    }
  }
}

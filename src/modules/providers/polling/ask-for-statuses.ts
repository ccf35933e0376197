import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { LinkOpener } from '../connections/link-opener.js';
import type { DuePoll } from '../persistence/sql/status-polls.js';
import { ReportInbox } from '../report-inbox.js';
import type { ProviderReport, StatusAnswer } from '../sms-provider.js';
import { PollBook } from './poll-book.js';

/** Of one provider in one round. */
const PER_PROVIDER = 100;
/** No round begins later in one call: the schedule that calls has its own turn again. */
const BUSY_MS = 20_000;
const MOST_ROUNDS = 50;

/** Asks the providers that do not report what became of what they took over. The answers are reports like any other. */
@Injectable()
export class AskForStatuses {
  private readonly logger = new Logger('providers');
  private readonly book: PollBook;

  constructor(
    database: Database,
    private readonly opener: LinkOpener,
    private readonly inbox: ReportInbox,
    private readonly clock: Clock,
  ) {
    this.book = new PollBook(database, () => clock.now());
  }

  /** Rounds until nothing is due or the time is over; answers how many were asked about, and of how many the end is known. */
  async execute(): Promise<{ asked: number; ended: number }> {
    const total = { asked: 0, ended: 0 };
    const endMs = performance.now() + BUSY_MS;
    for (let round = 0; round < MOST_ROUNDS && performance.now() < endMs; round++) {
      const { asked, ended } = await this.round();
      total.asked += asked;
      total.ended += ended;
      if (asked === 0) break;
    }
    return total;
  }

  /** One round; answers how many were asked about, and of how many the end is known. */
  async round(): Promise<{ asked: number; ended: number }> {
    const due = await this.book.take({ perProvider: PER_PROVIDER });
    const byProvider = new Map<string, DuePoll[]>();
    for (const poll of due) byProvider.set(poll.providerId, [...(byProvider.get(poll.providerId) ?? []), poll]);
    // Side by side: a provider that does not answer keeps nobody else waiting.
    const ended = await Promise.all([...byProvider.values()].map((polls) => this.ask(polls)));
    return { asked: due.length, ended: ended.reduce((sum, count) => sum + count, 0) };
  }

  /** Never rejects: what failed is due again. */
  private async ask(polls: readonly DuePoll[]): Promise<number> {
    const { providerId, kind } = polls[0]!;
    try {
      const { provider } = await this.opener.open(providerId, kind);
      const answers = (await provider.queryStatus?.(polls)) ?? [];
      const reports = polls.map((poll, index) => reportOf(poll, answers[index]));
      const news = reports.filter(
        (report) => report !== null && !(report.intermediate && report.status === 'submitted'),
      );
      await this.inbox.append(
        news.map((report) => ({ ...report!, providerId })),
        this.clock.now(),
      );
      const over = polls.filter((poll, index) => isEnd(reports[index], answers[index], poll) || this.book.isOver(poll));
      await this.book.end(over.map(({ id }) => id));
      return over.length;
    } catch (error) {
      this.logger.warn({ providerId, err: error, msg: 'statuses cannot be asked for' });
      return 0;
    }
  }
}

function reportOf({ clientReference }: DuePoll, answer: StatusAnswer | undefined): ProviderReport | null {
  if (!answer?.result || answer.result === 'not_found') return null;
  return { ...answer.result, clientReference };
}

/**
 * A final state; or that the provider never heard of a send whose answer was lost, which is no end while that may still be on its
 * way. What it took over it has, whatever it says.
 */
function isEnd(
  report: ProviderReport | null | undefined,
  answer: StatusAnswer | undefined,
  { asked, providerMessageId }: DuePoll,
): boolean {
  if (report) return !report.intermediate && report.status !== 'unknown';
  return answer?.result === 'not_found' && providerMessageId === '' && asked >= 3;
}

import type { DuePoll } from '../persistence/sql/status-polls.js';
import type { ReportInbox } from '../report-inbox.js';
import type { ProviderReport, StatusAnswer } from '../sms-provider.js';
import type { PollBook } from './poll-book.js';

/** Keeps what providers answered: as reports like any other, and in the book what need not be asked about again. */
export class PollAnswers {
  constructor(
    private readonly book: PollBook,
    private readonly inbox: ReportInbox,
    private readonly now: () => Date,
  ) {}

  /** Questions of one provider, and their answers as far as there are any; tells of how many the end is known. */
  async record(polls: readonly DuePoll[], answers: readonly StatusAnswer[]): Promise<number> {
    const reports = polls.map((poll, index) => reportOf(poll, answers[index]));
    const news = polls.flatMap(({ providerId }, index) => {
      const report = reports[index];
      return report && isNews(report) ? [{ ...report, providerId }] : [];
    });
    await this.inbox.append(news, this.now());
    const over = polls.filter((poll, index) => isEnd(reports[index], answers[index], poll) || this.book.isOver(poll));
    await this.book.end(over.map(({ id }) => id));
    return over.length;
  }
}

/** That a message is still under way was known. */
const isNews = ({ intermediate, status }: ProviderReport): boolean => !intermediate || status !== 'submitted';

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

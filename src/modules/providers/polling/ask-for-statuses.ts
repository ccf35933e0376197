import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { LinkOpener } from '../connections/link-opener.js';
import { ASKED_BY_ANYBODY } from '../kinds/kinds.js';
import type { DuePoll } from '../persistence/sql/status-polls.js';
import { ReportInbox } from '../report-inbox.js';
import { PollAnswers } from './poll-answers.js';
import { PollBook } from './poll-book.js';

/** Of one provider in one round. */
const PER_PROVIDER = 100;
/** No round begins later in one call: the schedule that calls has its own turn again. */
const BUSY_MS = 20_000;
const MOST_ROUNDS = 50;

/**
 * Asks providers what became of what they took over and did not report, with credentials alone: whoever runs this opens what it needs. Those
 * that are asked over a link that is up are left to whoever holds it, see `ask-over-links.ts`.
 */
@Injectable()
export class AskForStatuses {
  private readonly logger = new Logger('providers');
  private readonly book: PollBook;
  private readonly answers: PollAnswers;

  constructor(
    database: Database,
    private readonly opener: LinkOpener,
    inbox: ReportInbox,
    clock: Clock,
  ) {
    const now = () => clock.now();
    this.book = new PollBook(database, now);
    this.answers = new PollAnswers(this.book, inbox, now);
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
    const due = await this.book.take({ perProvider: PER_PROVIDER, of: ASKED_BY_ANYBODY });
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
      return await this.answers.record(polls, answers);
    } catch (error) {
      this.logger.warn({ providerId, err: error, msg: 'statuses cannot be asked for' });
      return 0;
    }
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { type ActiveConnection, ProviderConnections } from '../connections/provider-connections.js';
import { isMissed } from '../domain/rate.js';
import { KINDS } from '../kinds/kinds.js';
import { RateGates } from '../rate-gates.js';
import { ReportInbox } from '../report-inbox.js';
import type { StatusAnswer } from '../sms-provider.js';
import type { DuePoll } from '../persistence/sql/status-polls.js';
import { PollAnswers } from './poll-answers.js';
import { PollBook } from './poll-book.js';

const EVERY_MS = 30_000;
/** No round begins later in one call. */
const BUSY_MS = 20_000;
/** Messages of one round: as many as fit into so many seconds at the provider's rate, and no more than so many. */
const ROUND_SECONDS = 5;
const PER_ROUND = 100;
const MOST_ROUNDS = 50;

/**
 * Asks over the links of this process what became of messages that were never reported. A bind is leased, and there are as many as the
 * provider allows: none is opened for a question, and a process without a link leaves the questions to one that has it. Each is a
 * request like a message and takes a slot of the rate, behind whatever else waits for one.
 */
@Injectable()
export class AskOverLinks {
  private readonly logger = new Logger('providers');
  private readonly book: PollBook;
  private readonly answers: PollAnswers;
  private stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    database: Database,
    private readonly connections: ProviderConnections,
    private readonly gates: RateGates,
    inbox: ReportInbox,
    private readonly clock: Clock,
  ) {
    const now = () => clock.now();
    this.book = new PollBook(database, now);
    this.answers = new PollAnswers(this.book, inbox, now);
  }

  /** Until {@link stop}; for worker processes. */
  start(): void {
    this.running ??= this.run();
  }

  /** Asks nothing more. A question that is open ends with its link at the latest. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** All that is due over the links that are up; answers how many were asked about, and of how many the end is known. */
  async execute(): Promise<{ asked: number; ended: number }> {
    const links = new Map<string, ActiveConnection>();
    for (const link of this.connections.askable())
      if (KINDS_OVER_LINKS.has(link.provider.kind) && link.provider.state().status === 'ready')
        links.set(link.providerId, link);
    const totals = await Promise.all([...links.values()].map((link) => this.askOver(link)));
    return {
      asked: totals.reduce((sum, { asked }) => sum + asked, 0),
      ended: totals.reduce((sum, { ended }) => sum + ended, 0),
    };
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // Jitter: workers that were started together do not come together for ever.
      await sleep(EVERY_MS * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.execute();
    }
  }

  /** Rounds until nothing is due, nothing is answered or the time is over. Never rejects: what failed is due again. */
  private async askOver(link: ActiveConnection): Promise<{ asked: number; ended: number }> {
    const { providerId } = link;
    const total = { asked: 0, ended: 0 };
    const endMs = performance.now() + BUSY_MS;
    try {
      for (let round = 0; round < MOST_ROUNDS && performance.now() < endMs; round++) {
        const perProvider = Math.min(PER_ROUND, Math.ceil(link.gates[0]!.perSecond * ROUND_SECONDS));
        const polls = await this.book.take({ perProvider, of: { providerIds: [providerId] } });
        if (polls.length === 0) break;
        const answers = await this.ask(link, polls, endMs);
        total.asked += answers.length;
        total.ended += await this.answers.record(polls, answers);
        if (answers.length < polls.length) break;
      }
    } catch (error) {
      this.logger.warn({ providerId, err: error, msg: 'statuses cannot be asked for' });
    }
    return total;
  }

  /** One by one, until one is not answered or there is no slot in time. Whom nobody may ask any more is asked nothing. */
  private async ask(link: ActiveConnection, polls: readonly DuePoll[], endMs: number): Promise<StatusAnswer[]> {
    const answers: StatusAnswer[] = [];
    const { provider } = link;
    if (!provider.capabilities.statusQuery) return answers;
    for (const poll of polls) {
      if (!(await this.slot(link, endMs))) break;
      const [answer] = await provider.queryStatus!([poll]);
      if (!answer) break;
      answers.push(answer);
      if (answer.result === null) break;
    }
    return answers;
  }

  /** Resolves in a slot of the link's rate; false: there was none in time. */
  private async slot(link: ActiveConnection, endMs: number): Promise<boolean> {
    const { signal } = this.stopping;
    while (!signal.aborted && performance.now() < endMs) {
      const [from, sentMs] = [this.clock.now(), performance.now()];
      const now = () => new Date(from.getTime() + performance.now() - sentMs);
      const { slots, askAgainAt } = await this.gates.take(link.gates, 1, from, { lane: 'bulk' });
      const at = slots[0] ?? askAgainAt;
      await sleep(Math.max(0, at.getTime() - now().getTime()), undefined, { signal }).catch(() => undefined);
      if (slots.length > 0 && !isMissed(at, now())) return !signal.aborted;
    }
    return false;
  }
}

const KINDS_OVER_LINKS: ReadonlySet<string> = new Set(
  Object.entries(KINDS).flatMap(([kind, { asksOverLink }]) => (asksOverLink ? [kind] : [])),
);

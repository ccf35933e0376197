import { Injectable } from '@nestjs/common';
import { Database, together, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { lowestIdAt } from '../../../kernel/ids.js';
import { AccountsService } from '../../accounts/index.js';
import { ContactsService } from '../../contacts/index.js';
import { type InboxReport, ReportInbox } from '../../providers/index.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { type PartCandidate, matchReport, type ReportMatch } from '../domain/report-match.js';
import { isFinal, type ReportOutcome } from '../domain/report-effect.js';
import { ReportBatch } from '../domain/report-batch.js';
import { nextTry } from '../domain/report-patience.js';
import { type LockedMessage, lockMessages } from '../persistence/locked-message.js';
import { MATCH_PARTS, READ_PARTS } from '../persistence/sql/match-parts.js';
import { MessageMover } from '../settle/message-mover.js';
import { type Guess, GuessUnknown } from './guess-unknown.js';
import { followReports, type ReportRecord, writeReports } from './record-reports.js';

const SET_ASIDE_MS = 60_000;

/** What is known of a batch once its messages are locked. */
interface Known {
  messages: Map<string, LockedMessage>;
  candidates: PartCandidate[][];
  guesses: (Guess | null)[];
  batch: ReportBatch;
}

/**
 * Applies what waits in the report inbox, in one transaction of a constant number of statements per batch: take, match by id,
 * lock the messages, read their parts, move parts and messages with their money, keep every report as it came, finish or park.
 *
 * Lock order: inbox rows, messages, wallets, opt-outs.
 */
@Injectable()
export class ApplyReports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly inbox: ReportInbox,
    private readonly mover: MessageMover,
    private readonly guessing: GuessUnknown,
    private readonly contacts: ContactsService,
    private readonly settings: DispatchSettings,
  ) {}

  /** One batch; answers how many reports it took. */
  async execute(limit = this.settings.reportBatch): Promise<number> {
    const now = this.clock.now();
    const platform = await this.accounts.platformAccountId();
    return this.database.transaction(async (tx) => {
      const reports = await this.inbox.take(tx, limit, now);
      if (reports.length === 0) return 0;
      const known = await this.look(tx, reports, now);
      const records = reports.map((report, index) => this.apply(report, known, index));
      const { waiting, done } = sortOut(records, now);
      const applied = { records: done, batch: known.batch, messages: known.messages, platform };
      await this.move(tx, known, now, () =>
        together(
          writeReports(tx, applied, now),
          this.inbox.finish(
            tx,
            done.map(({ report }) => report.id),
          ),
          ...[...waiting].map(([at, ids]) => this.inbox.park(tx, ids, new Date(at))),
        ),
      );
      await followReports(tx, applied, this.settings, now);
      await this.contacts.optOutAll(tx, toOptOuts(applied), 'provider', now);
      return reports.length;
    });
  }

  /** Parks the oldest report, which could not be applied even alone. */
  async setAside(): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const reports = await this.inbox.take(tx, 1, now);
      await this.inbox.park(
        tx,
        reports.map(({ id }) => id),
        new Date(now.getTime() + SET_ASIDE_MS),
      );
    });
  }

  private async look(tx: Tx, reports: readonly InboxReport[], now: Date): Promise<Known> {
    const candidates = await this.match(tx, reports, now);
    const guesses = await this.guessing.execute(tx, reports, candidates, now);
    const keys = [...candidates.flat(), ...guesses.filter((guess) => guess !== null)];
    const messages = await lockMessages(tx, keys);
    const batch = new ReportBatch();
    for (const [id, { state, parts }] of messages) batch.addMessage(id, state, parts);
    await this.readParts(tx, keys, batch);
    return { messages, candidates, guesses, batch };
  }

  /** Parts by the id that the report names, else by our reference where the provider echoes it and named no id. */
  private async match(tx: Tx, reports: readonly InboxReport[], now: Date): Promise<PartCandidate[][]> {
    const rows = await tx.query<PartCandidate & { index: number }>(MATCH_PARTS, [
      reports.map(idOf),
      reports.map(({ providerId }) => providerId),
      lowestIdAt(new Date(now.getTime() - this.settings.reportDays * 86_400_000)),
    ]);
    const candidates: PartCandidate[][] = reports.map(() => []);
    for (const { index, ...candidate } of rows) candidates[index]!.push(candidate);
    return candidates;
  }

  private async readParts(
    tx: Tx,
    keys: readonly { accountId: string; messageId: string; attemptId: string }[],
    batch: ReportBatch,
  ): Promise<void> {
    const attempts = new Map(keys.map((key) => [key.attemptId, key]));
    if (attempts.size === 0) return;
    const rows = await tx.query<{ attemptId: string } & Parameters<ReportBatch['addPart']>[2]>(READ_PARTS, [
      [...attempts.values()].map(({ accountId }) => accountId),
      [...attempts.keys()],
    ]);
    for (const { attemptId, ...part } of rows) batch.addPart(attempts.get(attemptId)!.messageId, attemptId, part);
  }

  private apply(report: InboxReport, known: Known, index: number): ReportRecord {
    const { batch, messages } = known;
    const guess = known.guesses[index] ?? null;
    const match: ReportMatch = guess
      ? toMatch(guess, idOf(report), batch)
      : matchReport(report, known.candidates[index]!, ({ messageId, attemptId, partNo }) => {
          const message = messages.get(messageId);
          const part = batch.partState(attemptId, partNo);
          return message && part ? { recipient: message.recipient, settled: isFinal(message.state) } : null;
        });
    if (match.kind !== 'parts') return { report, match, outcome: match.kind === 'none' ? 'unmatched' : 'ambiguous' };
    const learnedId = guess ? idOf(report) || null : null;
    const outcome: ReportOutcome = batch.apply(match.attemptId, match.partNos, { ...report, learnedId });
    return { report, match, outcome };
  }

  /** A message may move more than once; `beforeMoney` is written with the last round. */
  private async move(
    tx: Tx,
    { batch: { rounds }, messages }: Known,
    now: Date,
    beforeMoney: () => Promise<unknown>,
  ): Promise<void> {
    const moves = rounds.map((round) =>
      round.map(({ messageId, to, cause }) => ({ message: messages.get(messageId)!, to, cause })),
    );
    const last = moves.pop() ?? [];
    for (const round of moves) await this.mover.move(tx, round, now);
    await this.mover.move(tx, last, now, beforeMoney);
  }
}

/** What matches nothing yet and is tried again, by when; and the rest, which is done. */
function sortOut(
  records: readonly ReportRecord[],
  now: Date,
): { waiting: Map<number, string[]>; done: ReportRecord[] } {
  const waiting = new Map<number, string[]>();
  const done = records.filter(({ report, outcome }) => {
    const at = outcome === 'unmatched' ? nextTry(report.tries, now)?.getTime() : undefined;
    if (at === undefined) return true;
    const ids = waiting.get(at);
    if (ids) ids.push(report.id);
    else waiting.set(at, [report.id]);
    return false;
  });
  return { waiting, done };
}

/** Whom the provider keeps from the account's messages, as far as it is known whose message it was. */
function toOptOuts({ records, messages }: { records: readonly ReportRecord[]; messages: Map<string, LockedMessage> }) {
  return records.flatMap(({ report, match }) => {
    const message = match.kind === 'parts' && report.optedOut ? messages.get(match.messageId) : undefined;
    if (!message) return [];
    return [{ accountId: message.accountId, digits: message.recipient, note: report.errorCode ?? report.status }];
  });
}

/** What the provider calls the part, or our own name for it where it has none. */
function idOf({ providerMessageId, clientReference }: InboxReport): string {
  return providerMessageId || clientReference || '';
}

function toMatch({ accountId, messageId, attemptId }: Guess, id: string, batch: ReportBatch): ReportMatch {
  const partNo = batch.unknownPart(attemptId, id);
  return partNo === null ? { kind: 'none' } : { kind: 'parts', accountId, messageId, attemptId, partNos: [partNo] };
}

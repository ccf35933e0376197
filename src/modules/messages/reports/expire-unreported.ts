import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { NIL_ID } from '../../../kernel/ids.js';
import { askLater, canBeAsked, type OpenQuestion, type ProviderKind } from '../../providers/index.js';
import {
  attemptHour,
  type AttemptHour,
  hourOf,
  isRipe,
  nextHour,
  overdue,
  type Reporter,
} from '../domain/report-deadline.js';
import { isFinal } from '../domain/report-effect.js';
import { type LockedMessage, lockMessages } from '../persistence/locked-message.js';
import {
  ADVANCE_SWEEP,
  DELETE_DEADLINES,
  EXPIRE_PARTS,
  FIND_TAKEN_OVER,
  FIND_FIRST_ATTEMPT,
  FIND_OPEN_MESSAGES,
  LOCK_SWEEP,
  NEXT_ATTEMPTS,
  READ_GRACE,
  TAKE_DEADLINES,
  WRITE_DEADLINES,
} from '../persistence/sql/report-deadlines.js';
import { MessageMover } from '../settle/message-mover.js';

/** Attempts of one transaction; most of their messages are at their end and only looked at. */
const BATCH = 1_000;
/** Most transactions of one run: it stays short whatever has piled up, and the next one goes on. */
const MAX_ROUNDS = 500;

interface Sweep {
  /** Which is gone through; null: none ever was. */
  hour: Date | null;
  afterAccount: string;
  afterAttempt: string;
  leastGraceHours: number;
}

/** A message that may be overdue, with who was to report. */
interface Candidate {
  accountId: string;
  messageId: string;
  providerId: string;
  /** For when the look was planned; absent: it is the first one. */
  lookAt?: Date;
}

interface Attempt extends Candidate {
  attemptId: string;
}

interface ReporterRow {
  id: string;
  kind: ProviderKind;
  settings: object;
  graceHours: number;
}

type Asked = OpenQuestion & Record<string, unknown>;

type Looked = { expired: number; listed: number };

/**
 * Ends what is submitted and was never reported: expired, with the money of the tariff's policy, when its validity and the provider's
 * grace are over. Attempts are gone through by the hour in which they began, each hour once when the least grace has passed since;
 * the few messages that are open then and not overdue are listed with their own deadline. A provider that can be asked is asked about
 * those that are overdue, and has an hour to answer.
 *
 * Lock order: the sweep or rows of the list, messages, wallets.
 */
@Injectable()
export class ExpireUnreported {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mover: MessageMover,
  ) {}

  /** All that is due, up to a bound; what is left is the next run's. */
  async execute(): Promise<{ expired: number; listed: number }> {
    const total = { expired: 0, listed: 0 };
    for (const step of [() => this.sweep(), () => this.lookAgain()]) {
      for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
        const looked = await step();
        if (!looked) break;
        total.expired += looked.expired;
        total.listed += looked.listed;
      }
    }
    return total;
  }

  /** The next attempts of the oldest hour that is ripe; null when there is none. */
  private sweep(): Promise<Looked | null> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const [sweep] = await tx.query<Sweep & Record<string, unknown>>(LOCK_SWEEP, []);
      if (!sweep) return null;
      const start = sweep.hour ?? (await firstHour(tx));
      if (start === null) return null;
      const hour = attemptHour(start);
      if (!isRipe(hour, sweep.leastGraceHours, now)) return null;
      const attempts = await nextAttempts(tx, hour, sweep);
      const last = attempts.length < BATCH ? undefined : attempts.at(-1);
      await tx.query(ADVANCE_SWEEP, last ? [start, last.accountId, last.attemptId] : [nextHour(start), NIL_ID, NIL_ID]);
      const open = await tx.query<Candidate & Record<string, unknown>>(FIND_OPEN_MESSAGES, columnsOf(attempts));
      return this.look(tx, open, now);
    });
  }

  /** Messages whose own deadline has come; null when there are none. */
  private lookAgain(): Promise<Looked | null> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const due = await tx.query<Candidate & Record<string, unknown>>(TAKE_DEADLINES, [now, BATCH]);
      if (due.length === 0) return null;
      await tx.query(DELETE_DEADLINES, columnsOf(due).slice(0, 2));
      return this.look(tx, due, now);
    });
  }

  private async look(tx: Tx, candidates: readonly Candidate[], now: Date): Promise<Looked> {
    if (candidates.length === 0) return { expired: 0, listed: 0 };
    const reporters = await readReporters(tx, candidates);
    const messages = await lockMessages(tx, candidates);
    const expired: LockedMessage[] = [];
    const again: (Candidate & { at: Date })[] = [];
    const missed: Candidate[] = [];
    for (const candidate of candidates) {
      const message = messages.get(candidate.messageId);
      if (!message || isFinal(message.state)) continue;
      const verdict = overdue(message, reporters.get(candidate.providerId)!, candidate.lookAt ?? null, now);
      if (verdict.kind === 'expire') expired.push(message);
      else again.push({ ...candidate, at: verdict.at });
      if (verdict.kind === 'ask') missed.push(candidate);
    }
    if (missed.length > 0) await askLater(tx, await tx.query<Asked>(FIND_TAKEN_OVER, columnsOf(missed)), now);
    if (again.length > 0) await tx.query(WRITE_DEADLINES, [...columnsOf(again), again.map(({ at }) => at)]);
    await this.expire(tx, expired, now);
    return { expired: expired.length, listed: again.length };
  }

  private async expire(tx: Tx, messages: readonly LockedMessage[], now: Date): Promise<void> {
    if (messages.length === 0) return;
    const keys = [messages.map(({ accountId }) => accountId), messages.map(({ id }) => id)];
    await this.mover.move(
      tx,
      messages.map((message) => ({ message, to: 'expired', cause: 'deadline', reason: 'deadline' }) as const),
      now,
      () => tx.query(EXPIRE_PARTS, [...keys, now]),
    );
  }
}

async function firstHour(tx: Tx): Promise<Date | null> {
  const [first] = await tx.query<{ id: string | null }>(FIND_FIRST_ATTEMPT, []);
  return first?.id ? hourOf(first.id) : null;
}

function nextAttempts(tx: Tx, { fromId, untilId }: AttemptHour, sweep: Sweep): Promise<Attempt[]> {
  const values = [fromId, untilId, sweep.afterAccount, sweep.afterAttempt, BATCH];
  return tx.query<Attempt & Record<string, unknown>>(NEXT_ATTEMPTS, values);
}

async function readReporters(tx: Tx, candidates: readonly Candidate[]): Promise<Map<string, Reporter>> {
  const ids = [...new Set(candidates.map(({ providerId }) => providerId))];
  const rows = await tx.query<ReporterRow & Record<string, unknown>>(READ_GRACE, [ids]);
  return new Map(
    rows.map(({ id, kind, settings, graceHours }) => [id, { graceHours, canBeAsked: canBeAsked(kind, settings) }]),
  );
}

function columnsOf(candidates: readonly Candidate[]): [string[], string[], string[]] {
  return [
    candidates.map(({ accountId }) => accountId),
    candidates.map(({ messageId }) => messageId),
    candidates.map(({ providerId }) => providerId),
  ];
}

import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { NIL_ID } from '../../../kernel/ids.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { laneNumber } from '../domain/message.js';
import type { PartOutcome } from '../domain/message-outcome.js';
import { afterDeadline, explainedBy, type Explanation } from '../domain/unknown-outcome.js';
import { type LockedMessage, lockMessages } from '../persistence/locked-message.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { CORRECT_ATTEMPTS } from '../persistence/sql/record-outcomes.js';
import { RETURN_TO_QUEUE } from '../persistence/sql/return-to-queue.js';
import {
  CLOSE_UNKNOWN,
  DELETE_UNKNOWN,
  FIND_UNKNOWN_BY_ATTEMPT,
  FIND_UNKNOWN_OVERDUE,
  PURGE_UNKNOWN,
  READ_UNKNOWN,
  type UnknownOutcome,
} from '../persistence/sql/unknown-outcomes.js';
import { acceptedAs, costsOf } from './record-outcomes.js';
import { MessageMover, type MessageMove } from './message-mover.js';

/** An answer to a part that had been called unknown. The attempt's id is what was sent along as the client reference. */
export interface AnsweredLate {
  attemptId: string;
  part: PartOutcome;
}

/** An outcome under the lock of its message, with what is made of it. */
export interface Case {
  message: LockedMessage;
  outcome: UnknownOutcome;
  explanation: Explanation;
  /** What was learned about parts. */
  parts: PartOutcome[];
}

export interface Key {
  accountId: string;
  messageId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Ends uncertainty: by an answer that came late, or by the deadline. Lock order: messages, wallets, streams; whoever deletes
 * the row of the unknown outcome under the message's lock is the one that resolves it.
 */
@Injectable()
export class ResolveUnknown {
  private readonly logger = new Logger('settle');

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mover: MessageMover,
    private readonly settings: DispatchSettings,
  ) {}

  /** Applies late answers; those whose outcome is known meanwhile change nothing. */
  async answered(answers: readonly AnsweredLate[]): Promise<void> {
    const telling = answers.filter(({ attemptId, part }) => part.kind !== 'unknown' && UUID.test(attemptId));
    if (telling.length === 0) return;
    const attempts = [...new Set(telling.map(({ attemptId }) => attemptId))];
    const keys = await this.database.query<Key>(FIND_UNKNOWN_BY_ATTEMPT, [attempts]);
    await this.resolve(keys, (outcome) => {
      const parts = telling.filter(({ attemptId }) => attemptId === outcome.attemptId).map(({ part }) => part);
      return { parts, explain: (message, now) => explainedBy(parts, outcome.parts, message, now) };
    });
    if (keys.length < attempts.length)
      this.logger.log({ answers: attempts.length - keys.length, msg: 'late answers to what is known already' });
  }

  /** Closes outcomes that nobody explained in time; answers how many there were. */
  async closeOverdue(limit: number): Promise<number> {
    const keys = await this.database.query<Key>(FIND_UNKNOWN_OVERDUE, [this.clock.now(), limit]);
    await this.resolve(keys, (outcome) => ({
      parts: [],
      explain: (message, now) => afterDeadline(outcome, message, now),
    }));
    return keys.length;
  }

  /** Closed outcomes that no report came for in time are forgotten. */
  async purge(): Promise<void> {
    await this.database.query(PURGE_UNKNOWN, [
      new Date(this.clock.now().getTime() - this.settings.reportDays * 86_400_000),
    ]);
  }

  /**
   * Ends outcomes as somebody decides who sees them under their messages' locks; `within` writes who that was, in the same
   * transaction. What is not unknown any more is not asked about.
   */
  async decide(
    keys: readonly Key[],
    explain: (outcome: UnknownOutcome, message: LockedMessage, now: Date) => Explanation,
    within: (tx: Tx, cases: readonly Case[]) => Promise<void>,
  ): Promise<void> {
    const learn = (outcome: UnknownOutcome) => ({
      parts: [],
      explain: (message: LockedMessage, now: Date) => explain(outcome, message, now),
    });
    await this.resolve(keys, learn, within);
  }

  private async resolve(
    keys: readonly Key[],
    learn: (outcome: UnknownOutcome) => {
      parts: PartOutcome[];
      explain: (message: LockedMessage, now: Date) => Explanation;
    },
    within: (tx: Tx, cases: readonly Case[]) => Promise<void> = async () => undefined,
  ): Promise<void> {
    if (keys.length === 0) return;
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const messages = await lockMessages(tx, keys);
      const outcomes = await tx.query<UnknownOutcome>(READ_UNKNOWN, [
        keys.map(({ accountId }) => accountId),
        keys.map(({ messageId }) => messageId),
      ]);
      const cases = outcomes.flatMap((outcome): Case[] => {
        const message = messages.get(outcome.messageId);
        if (message?.state !== 'unknown') return [];
        const { parts, explain } = learn(outcome);
        return [{ message, outcome, parts, explanation: explain(message, now) }];
      });
      await this.apply(tx, cases, now);
      await within(tx, cases);
    });
  }

  private async apply(tx: Tx, cases: readonly Case[], now: Date): Promise<void> {
    const decided = cases.filter(({ explanation }) => explanation.kind !== 'still_unknown');
    await this.mover.move(tx, decided.map(toMove), now);
    await recordParts(tx, cases, now);
    const closed = decided.filter(
      ({ explanation }) => explanation.kind === 'expired' && explanation.cause === 'deadline',
    );
    const explained = decided.filter((one) => !closed.includes(one));
    if (explained.length > 0) await tx.query(DELETE_UNKNOWN, keyColumns(explained));
    if (closed.length > 0) await tx.query(CLOSE_UNKNOWN, [...keyColumns(closed), now]);
    await returnToQueue(
      tx,
      decided.filter(({ explanation }) => explanation.kind === 'not_sent' || explanation.kind === 'repeat'),
      now,
    );
  }
}

function keyColumns(cases: readonly Case[]): [string[], string[]] {
  return [cases.map(({ message }) => message.accountId), cases.map(({ message }) => message.id)];
}

function toMove({ message, explanation }: Case): MessageMove {
  switch (explanation.kind) {
    case 'submitted':
      return { message, to: 'submitted', cause: 'outcome' };
    case 'rejected':
      return { message, to: 'rejected', cause: 'outcome', reason: 'provider_refused' };
    case 'not_sent':
      return { message, to: 'queued', cause: 'not_sent', reason: 'not_sent' };
    case 'repeat':
      return { message, to: 'queued', cause: 'repeat', reason: explanation.because };
    case 'expired':
      return {
        message,
        to: 'expired',
        cause: explanation.cause,
        reason: explanation.cause === 'deadline' ? 'outcome_unknown' : 'validity',
      };
    case 'still_unknown':
      throw new Error('what is still unknown does not move');
    default:
      return explanation satisfies never;
  }
}

/** The attempt says what became of it; one that stays unexplained keeps saying `unknown`. */
async function recordParts(tx: Tx, cases: readonly Case[], now: Date): Promise<void> {
  const answered = cases.filter(({ parts }) => parts.length > 0);
  if (answered.length === 0) return;
  const parts = answered.flatMap((one) => one.parts.map((part) => ({ ...one, part })));
  await tx.query(CORRECT_ATTEMPTS, [
    answered.map(({ message }) => message.accountId),
    answered.map(({ outcome }) => outcome.attemptId),
    answered.map(({ explanation }) => attemptState(explanation)),
    answered.map(({ parts: all }) => all.map((part) => ('code' in part ? part.code : null)).find(Boolean) ?? null),
    answered.map(() => 'answered late'),
    parts.map(({ message }) => message.accountId),
    parts.map(({ outcome }) => outcome.attemptId),
    parts.map(({ part }) => part.partNo),
    parts.map(({ message }) => message.id),
    parts.map(({ outcome }) => outcome.providerId),
    parts.map(({ part, outcome }) => acceptedAs(part, outcome.attemptId)),
    parts.map(({ part }) => part.kind),
    parts.map(({ part }) => ('code' in part ? part.code : null)),
    now,
    ...costsOf(parts.map(({ part }) => part)),
  ]);
}

function attemptState({ kind }: Explanation): string {
  if (kind === 'still_unknown') return 'unknown';
  return kind === 'submitted' || kind === 'rejected' ? kind : 'not_sent';
}

async function returnToQueue(tx: Tx, cases: readonly Case[], now: Date): Promise<void> {
  if (cases.length === 0) return;
  const again = (kind: Explanation['kind']) => kind === 'repeat';
  const groupOf = ({ message }: Case): string => message.groupId ?? NIL_ID;
  await tx.query(RETURN_TO_QUEUE, [
    cases.map(({ message }) => message.accountId),
    cases.map(({ message }) => message.id),
    cases.map(({ outcome }) => outcome.providerId),
    cases.map(({ message }) => laneNumber(message.lane)),
    cases.map(groupOf),
    cases.map(({ message }) => message.dueAt),
    cases.map(({ message }) => message.validUntil),
    cases.map(({ outcome, explanation }) => outcome.attemptNo + (again(explanation.kind) ? 1 : 0)),
    cases.map(({ outcome, explanation }) =>
      explanation.kind === 'repeat' ? explanation.because : outcome.repeatReason,
    ),
    cases.map(({ outcome, explanation }) => (again(explanation.kind) ? null : outcome.attemptId)),
  ]);
  await openStreams(
    tx,
    cases.map((one) => ({
      providerId: one.outcome.providerId,
      lane: laneNumber(one.message.lane),
      accountId: one.message.accountId,
      groupId: groupOf(one),
      pacedBy: 0,
      readyAt: one.message.dueAt,
    })),
    now,
  );
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { Actor } from '../../../gateway/index.js';
import { AccountAudit } from '../../accounts/index.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import { decidedBy, type Decision, type DecisionRefusal } from '../domain/unknown-outcome.js';
import { FIND_OPEN_UNKNOWN } from '../persistence/sql/unknown-outcomes.js';
import { type Case, type Key, ResolveUnknown } from '../settle/resolve-unknown.js';

/** What is decided, by whom, and why: the reason stands in the trail of every account concerned. */
export interface DecisionMade {
  decision: Decision;
  reason: string;
  actor: Actor;
}

export interface DecidedOutcome extends Key {
  outcome: 'requeued' | 'given_up' | 'refused';
  code?: DecisionRefusal;
}

/** Which open outcomes; `since` and `until` are of when they began. */
export interface UnknownFilter {
  providerId?: string;
  accountId?: string;
  since?: Date;
  until?: Date;
}

export type UnknownCursor = readonly [deadline: string, messageId: string];

/** Messages of one transaction: it keeps their wallets from everybody else. */
const BATCH = 100;
const BEFORE_ALL: UnknownCursor = ['-infinity', '00000000-0000-0000-0000-000000000000'];

/** The values that both statements on open outcomes take. */
export function unknownFilterValues(filter: UnknownFilter, after: UnknownCursor | null, limit: number): unknown[] {
  const { providerId = null, accountId = null, since = null, until = null } = filter;
  return [providerId, accountId, since, until, ...(after ?? BEFORE_ALL), limit];
}

/**
 * Operations ends uncertainty: sends again, flagged as forced, or gives up and the money goes back as it does at the deadline. A
 * report or an answer that comes at the same moment wins or loses by the lock of the message; what it explained is refused here.
 */
@Injectable()
export class DecideUnknown {
  constructor(
    private readonly database: Database,
    private readonly unknown: ResolveUnknown,
    private readonly audit: AccountAudit,
    private readonly hints: QueueHints,
  ) {}

  /** One or many, a transaction for every hundred; answers in the order given. */
  async execute(keys: readonly Key[], made: DecisionMade): Promise<DecidedOutcome[]> {
    const decided: DecidedOutcome[] = [];
    for (let at = 0; at < keys.length; at += BATCH)
      decided.push(...(await this.decide(keys.slice(at, at + BATCH), made)));
    return decided;
  }

  /** At most `limit` of those that the filter finds, and behind which to go on: null when there are no more. */
  async executeAll(
    filter: UnknownFilter,
    after: UnknownCursor | null,
    limit: number,
    made: DecisionMade,
  ): Promise<{ decided: DecidedOutcome[]; next: UnknownCursor | null }> {
    const found = await this.database.query<Key & { deadline: Date }>(
      FIND_OPEN_UNKNOWN,
      unknownFilterValues(filter, after, limit),
    );
    const last = found.length === limit ? found.at(-1)! : null;
    return {
      decided: await this.execute(found, made),
      next: last && [last.deadline.toISOString(), last.messageId],
    };
  }

  private async decide(keys: readonly Key[], made: DecisionMade): Promise<DecidedOutcome[]> {
    const refusals = new Map<string, DecisionRefusal>(keys.map(({ messageId }) => [messageId, 'not_unknown']));
    await this.unknown.decide(
      keys,
      (outcome, message, now) => {
        const decided = decidedBy(made.decision, outcome, message, now);
        if (typeof decided === 'string') {
          refusals.set(outcome.messageId, decided);
          return { kind: 'still_unknown' };
        }
        refusals.delete(outcome.messageId);
        return decided;
      },
      (tx, cases) => this.record(tx, cases, made),
    );
    return keys.map(({ accountId, messageId }): DecidedOutcome => {
      const code = refusals.get(messageId);
      if (code) return { accountId, messageId, outcome: 'refused', code };
      return { accountId, messageId, outcome: made.decision === 'requeue' ? 'requeued' : 'given_up' };
    });
  }

  private async record(tx: Tx, cases: readonly Case[], { decision, reason, actor }: DecisionMade): Promise<void> {
    const decided = cases.filter(({ explanation }) => explanation.kind !== 'still_unknown');
    await this.audit.recordAll(
      tx,
      decided.map(({ message, outcome }) => ({
        accountId: message.accountId,
        actor,
        action: decision === 'requeue' ? 'message.requeued' : 'message.given_up',
        subject: `message:${message.id}`,
        details: { reason, attempt: outcome.attemptNo },
      })),
    );
    if (decision === 'requeue')
      tx.afterCommit(() => this.hints.queued(new Set(decided.map(({ outcome }) => outcome.providerId))));
  }
}

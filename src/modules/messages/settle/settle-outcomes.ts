import { Injectable } from '@nestjs/common';
import { Database, together, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { ContactsService } from '../../contacts/index.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { FlightDesk } from '../dispatch/flight-desk.js';
import type { QueueStream } from '../domain/queue-stream.js';
import { requeueAt } from '../domain/requeue.js';
import { LEAVE_QUEUE } from '../persistence/sql/leave-queue.js';
import { openStreams } from '../persistence/sql/open-streams.js';
import { MessageMover, type MessageMove } from './message-mover.js';
import { PassOn, type PassedOn } from './pass-on.js';
import { recordOutcomes } from './record-outcomes.js';
import { ResolveUnknown } from './resolve-unknown.js';
import type { Landed } from './settler.js';

/**
 * Settles what a link reported, in one transaction of a constant number of statements: out of the queue (guarded by line and
 * number), message rows, outbox, attempts and parts, money. A refused message that goes on elsewhere stays in the queue, for that
 * provider. Lock order: queue rows, messages, wallets, streams, opt-outs.
 *
 * What the line no longer has was called `unknown` meanwhile by whoever closed it; the outcome then arrives like a late answer.
 */
@Injectable()
export class SettleOutcomes {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly mover: MessageMover,
    private readonly desk: FlightDesk,
    private readonly late: ResolveUnknown,
    private readonly contacts: ContactsService,
    private readonly passOn: PassOn,
    private readonly settings: DispatchSettings,
  ) {}

  async execute(landed: readonly Landed[]): Promise<void> {
    const now = this.clock.now();
    const passedOn = await this.passOn.decide(landed, now);
    const lost = await this.database.transaction(async (tx) => {
      const again = new Map(landed.map((one) => [one, dueAgain(one, passedOn.has(one), now)]));
      const held = await this.leaveQueue(tx, landed, [...again.values()]);
      const settled = landed.filter(({ flight }) => held.has(flight.message.id));
      const leaving = passedOn.size === 0 ? [] : settled.flatMap((one) => passedOn.get(one) ?? []);
      const moves = settled.map((one) => (passedOn.has(one) ? toPassedOn(one) : toMove(one)));
      await this.mover.move(tx, moves, now, () =>
        together(
          recordOutcomes(
            tx,
            settled.map((one) => toEnded(one, this.desk.worker)),
            this.settings,
            now,
          ),
          this.passOn.carryOut(tx, leaving, now),
        ),
      );
      await openStreams(
        tx,
        settled.flatMap((one) => toStreams(one, again.get(one) ?? null, passedOn.get(one))),
        now,
      );
      await this.contacts.optOutAll(tx, settled.flatMap(toOptOuts), 'provider', now);
      return landed.filter(({ flight }) => !held.has(flight.message.id));
    });
    if (lost.length > 0) await this.late.answered(lost.flatMap(({ flight }) => toLateAnswers(flight)));
  }

  private async leaveQueue(tx: Tx, landed: readonly Landed[], again: readonly (Date | null)[]): Promise<Set<string>> {
    const rows = await tx.query<{ messageId: string }>(LEAVE_QUEUE, [
      landed.map(({ flight }) => flight.message.accountId),
      landed.map(({ flight }) => flight.message.id),
      landed.map(({ flight }) => flight.message.fence),
      again,
      landed.map(({ flight }) => flight.line.id),
    ]);
    return new Set(rows.map(({ messageId }) => messageId));
  }
}

/** One that goes on elsewhere takes its place in the line there. */
function dueAgain({ flight: { message }, outcome }: Landed, isPassedOn: boolean, now: Date): Date | null {
  if (isPassedOn) return message.dueAt;
  return outcome.kind === 'not_sent' ? requeueAt(message, now, Math.random()) : null;
}

/** The stream in which it waits again, if it does. */
function toStreams(
  { flight: { message } }: Landed,
  readyAt: Date | null,
  passedOn: PassedOn | undefined,
): QueueStream[] {
  if (readyAt === null) return [];
  const { accountId, groupId, laneNo: lane, providerId, pacedBy } = message;
  const stream = { accountId, groupId, lane, providerId, pacedBy, readyAt };
  return [passedOn ? { ...stream, providerId: passedOn.providerId, pacedBy: 0 } : stream];
}

function toPassedOn({ flight: { message } }: Landed): MessageMove {
  return { message, to: 'queued', cause: 'refused', reason: 'provider_refused' };
}

function toMove({ flight: { message }, outcome }: Landed): MessageMove {
  switch (outcome.kind) {
    case 'submitted':
      return { message, to: 'submitted', cause: 'outcome' };
    case 'rejected':
      return { message, to: 'rejected', cause: 'outcome', reason: 'provider_refused' };
    case 'unknown':
      return { message, to: 'unknown', cause: 'outcome', reason: 'outcome_unknown' };
    case 'expired':
      return { message, to: 'expired', cause: 'validity', reason: 'validity' };
    case 'not_sent':
      return { message, to: 'queued', cause: 'not_sent', reason: outcome.reason };
    default:
      return outcome satisfies never;
  }
}

/** Whom the provider keeps from the account's messages: the next ones are not even tried. */
function toOptOuts({ flight: { message, outcomes } }: Landed) {
  const { accountId, recipient } = message;
  return outcomes.flatMap((part) =>
    part.kind === 'rejected' && part.optedOut ? [{ accountId, digits: recipient, note: part.code }] : [],
  );
}

function toEnded({ flight, outcome }: Landed, worker: string) {
  const { message, attemptId, outcomes, startedAt } = flight;
  return { message, attemptId, worker, startedAt, outcome, parts: outcomes };
}

function toLateAnswers({ message, attemptId, outcomes }: Landed['flight']) {
  return outcomes.map((part) => ({ accountId: message.accountId, attemptId, part }));
}

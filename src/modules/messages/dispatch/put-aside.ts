import { Injectable, Logger } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import type { SendDecision } from '../domain/send-decision.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { REMOVE_QUEUED, SNOOZE_QUEUED } from '../persistence/sql/put-aside.js';
import { PARK_STREAMS, PAUSE_STREAMS } from '../persistence/sql/rest-streams.js';
import { MessageMover, type MessageMove } from '../settle/message-mover.js';
import { DispatchSettings } from './dispatch-settings.js';

/** A locked queue row that does not leave now, and why. `refuse`: its text cannot be sent as it was priced. */
export interface Aside {
  message: ClaimedMessage;
  decision: Exclude<SendDecision, { kind: 'send' }> | { kind: 'refuse' };
}

/** Carries out every decision but "send" for locked queue rows. */
@Injectable()
export class PutAside {
  private readonly logger = new Logger('dispatch');

  constructor(
    private readonly mover: MessageMover,
    private readonly settings: DispatchSettings,
  ) {}

  /** Lock order: the queue rows (held), messages, wallets, streams. */
  async execute(tx: Tx, asides: readonly Aside[], now: Date): Promise<void> {
    if (asides.length === 0) return;
    const moves = asides.map(toMove).filter((move) => move !== null);
    const snoozed = moves.filter(({ dueAt }) => dueAt !== undefined);
    const strays = asides.filter(({ decision }) => decision.kind === 'stray').map(({ message }) => message);
    for (const { id, state } of strays)
      this.logger.error({ messageId: id, state, msg: 'removed from the queue: it was not waiting' });
    const gone = [...moves.filter(({ dueAt }) => dueAt === undefined).map(({ message }) => message), ...strays];

    if (snoozed.length > 0)
      await tx.query(SNOOZE_QUEUED, [
        snoozed.map(({ message }) => message.accountId),
        snoozed.map(({ message }) => message.id),
        snoozed.map(({ dueAt }) => dueAt),
      ]);
    if (gone.length > 0)
      await tx.query(REMOVE_QUEUED, [gone.map(({ accountId }) => accountId), gone.map(({ id }) => id)]);
    await this.mover.move(tx, moves, now);
    await this.rest(tx, asides, now);
  }

  private async rest(tx: Tx, asides: readonly Aside[], now: Date): Promise<void> {
    const of = (why: 'group' | 'account') =>
      streamColumns(asides.filter(({ decision }) => decision.kind === 'leave' && decision.why === why));
    const paused = of('group');
    if (paused) await tx.query(PAUSE_STREAMS, paused);
    const suspended = of('account');
    if (suspended)
      await tx.query(PARK_STREAMS, [...suspended, new Date(now.getTime() + this.settings.suspendedRestMs)]);
  }
}

function toMove({ message, decision }: Aside): MessageMove | null {
  switch (decision.kind) {
    case 'wait':
      return { message, to: 'scheduled', cause: 'guard', reason: 'window', dueAt: decision.until };
    case 'expire':
      return { message, to: 'expired', cause: 'validity', reason: 'validity' };
    case 'drop':
      return { message, to: 'blocked', cause: 'guard', reason: 'window' };
    case 'cancel':
      return { message, to: 'cancelled', cause: 'cancel', reason: decision.reason };
    case 'refuse':
      return { message, to: 'rejected', cause: 'guard', reason: 'parts_changed' };
    case 'leave':
    case 'stray':
      return null;
    default:
      return decision satisfies never;
  }
}

function streamColumns(asides: readonly Aside[]): [string[], number[], string[], string[]] | null {
  if (asides.length === 0) return null;
  const streams = new Map(
    asides.map(({ message }) => [`${message.accountId}/${message.groupId}/${message.laneNo}`, message]),
  );
  const all = [...streams.values()];
  return [
    all.map(({ providerId }) => providerId),
    all.map(({ laneNo }) => laneNo),
    all.map(({ accountId }) => accountId),
    all.map(({ groupId }) => groupId),
  ];
}

import { Injectable } from '@nestjs/common';
import { together, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { newId } from '../../../kernel/ids.js';
import { LedgerService, settleKey, type SettleKind, type SettleMove } from '../../wallets/index.js';
import { ChangeTally } from '../domain/changes.js';
import type { ChargeState, MessageState } from '../domain/message.js';
import { chargeAfter, FINAL_STATES, type TransitionCause } from '../domain/transitions.js';
import type { PricedMessage } from '../persistence/claimed-message.js';
import { MOVE_MESSAGES } from '../persistence/sql/move-messages.js';

/** One message going from the state in its row to another. What happens to its price follows from the published table. */
export interface MessageMove {
  message: PricedMessage;
  to: MessageState;
  cause: TransitionCause;
  /** Stable code of why; null clears it. */
  reason?: string | null;
  /** When it is due next, where that changes. */
  dueAt?: Date;
}

/** Somebody else moved one of the messages: roll back, read again. */
export class MovedMeanwhile extends Error {
  constructor() {
    super('a message was moved by another transaction');
    this.name = 'MovedMeanwhile';
  }
}

/** A move with the charge state that it leads to. */
interface PlannedMove extends MessageMove {
  /** What the caller saw. */
  before: { state: MessageState; rowState: MessageState | undefined; chargeState: ChargeState };
  charge: ChargeState;
  settling: SettleKind | null;
}

/**
 * The only way a message that exists changes its state. Moves a batch in the caller's transaction with a constant number of
 * statements: message rows, outbox, ledger (one entry per wallet and direction).
 *
 * The caller has locked what makes the messages its own: their queue rows, their unknown outcomes, or the messages.
 */
@Injectable()
export class MessageMover {
  constructor(private readonly ledger: LedgerService) {}

  /**
   * The messages given follow their rows, also back when the transaction is undone: whoever tries again begins where it began. Wallets come last, because whoever pays with the same wallet waits for this
   * transaction from then on: `beforeMoney` is what else the caller has to write. Throws {@link MovedMeanwhile} when a message is
   * not where the caller saw it; throws for a move that does not exist.
   */
  async move(
    tx: Tx,
    moves: readonly MessageMove[],
    now: Date,
    beforeMoney: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    const planned = moves.map(plan);
    const sums = sumUp(planned, now);
    await together(
      this.write(tx, planned, sums, now),
      beforeMoney(),
      sums.size > 0 ? this.ledger.settle(tx, [...sums.values()], now) : Promise.resolve(),
    );
    for (const { message, to, charge } of planned) {
      message.state = to;
      delete message.rowState;
      message.chargeState = charge;
    }
    tx.afterRollback(() => planned.forEach(({ message, before }) => Object.assign(message, before)));
  }

  private async write(
    tx: Tx,
    planned: readonly PlannedMove[],
    sums: ReadonlyMap<string, Settlement>,
    now: Date,
  ): Promise<void> {
    if (planned.length === 0) return;
    const [[row]] = await together(
      tx.query<{ moved: number }>(MOVE_MESSAGES, moveValues(planned, sums, now)),
      writeOutbox(tx, tally(planned).events(), now),
    );
    if (row?.moved !== planned.length) throw new MovedMeanwhile();
  }
}

/** What the ledger moves on one wallet in one direction, with the entry that the messages point to. */
type Settlement = SettleMove & { entryId: string; parts: number };

function sumUp(planned: readonly PlannedMove[], now: Date): Map<string, Settlement> {
  const batchId = newId(now);
  const sums = new Map<string, Settlement>();
  for (const { settling, message } of planned) {
    if (settling === null || message.priceMicros === 0n) continue;
    const key = keyOf(settling, message);
    const sum = sums.get(key);
    if (sum) {
      sum.micros += message.priceMicros;
      sum.count++;
      sum.parts += message.parts;
      sum.subject = { kind: 'messages', id: batchId };
      continue;
    }
    sums.set(key, {
      kind: settling,
      accountId: message.accountId,
      walletId: message.walletId,
      entryId: newId(now),
      micros: message.priceMicros,
      count: 1,
      parts: message.parts,
      idempotencyKey: `${settling}:${batchId}:${message.walletId}`,
      subject: { kind: 'message', id: message.id },
    });
  }
  return sums;
}

const keyOf = (kind: SettleKind, { accountId, walletId }: PricedMessage): string =>
  settleKey({ kind, accountId, walletId });

function plan(move: MessageMove): PlannedMove {
  const { message, to, cause } = move;
  const { state, rowState, chargeState } = message;
  const charge = chargeAfter({ from: state, to, cause }, chargeState, message);
  const before = { state, rowState, chargeState };
  return { ...move, before, charge, settling: charge === chargeState ? null : SETTLE_KINDS[charge] };
}

const SETTLE_KINDS: Record<ChargeState, SettleKind | null> = {
  none: null,
  held: null,
  captured: 'capture',
  released: 'release',
  refunded: 'refund',
};

function moveValues(planned: readonly PlannedMove[], sums: ReadonlyMap<string, Settlement>, now: Date): unknown[] {
  const entryOf = ({ settling, message }: PlannedMove): string | null =>
    (settling && sums.get(keyOf(settling, message))?.entryId) ?? null;
  const entries = planned.map(entryOf);
  return [
    planned.map(({ message }) => message.accountId),
    planned.map(({ message }) => message.id),
    planned.map(({ message }) => message.rowState ?? message.state),
    planned.map(({ message }) => message.chargeState),
    planned.map(({ to }) => to),
    planned.map(({ charge }) => charge),
    planned.map(({ reason }) => reason ?? null),
    entries.map((entryId, index) => (planned[index]!.settling === 'refund' ? null : entryId)),
    entries.map((entryId, index) => (planned[index]!.settling === 'refund' ? entryId : null)),
    planned.map(({ dueAt }) => dueAt ?? null),
    planned.map(({ to }) => FINAL_STATES.includes(to)),
    now,
  ];
}

function tally(planned: readonly PlannedMove[]): ChangeTally {
  const changes = new ChangeTally();
  for (const { message, to, charge } of planned)
    // One that is being written counts as queued, which is what its row says.
    changes.move(message, { state: to, chargeState: charge });
  return changes;
}

import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { type Aside, PutAside } from '../dispatch/put-aside.js';
import type { MessageState } from '../domain/message.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { WaitingFunds } from './waiting-funds.js';
import { LOCK_WAITING, LOCK_WAITING_OF_GROUP } from '../persistence/sql/lock-waiting.js';

/** Messages of one transaction; a longer one would keep the wallet from everybody else. */
const BATCH = 500;
/** Bound of one call: ten million messages. */
const MAX_BATCHES = 20_000;

/** Stops what has not left yet and gives its money back. */
@Injectable()
export class MessageCanceller {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly putAside: PutAside,
    private readonly waitingFunds: WaitingFunds,
  ) {}

  /**
   * Cancels one message that waits. A message that is cancelled stays so; one that has left, or is leaving, is refused: conflict
   * `message_not_cancellable` with its state; an unknown one: not_found `message_not_found`.
   */
  async cancel(accountId: string, messageId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const [waiting] = await tx.query<ClaimedMessage>(LOCK_WAITING, [accountId, messageId]);
      if (waiting) return this.putAside.execute(tx, [cancelled(waiting, 'requested')], this.clock.now());
      if (await this.cancelUnpaid(tx, accountId, messageId)) return;
      const [message] = await tx.query<{ state: MessageState }>(
        `SELECT state FROM messages WHERE account_id = $1 AND id = $2`,
        [accountId, messageId],
      );
      if (!message) throw new DomainError('not_found', 'message_not_found');
      if (message.state !== 'cancelled')
        throw new DomainError('conflict', 'message_not_cancellable', { params: { state: message.state } });
    });
  }

  /** Cancels at most so many waiting messages of a group; answers how many. Locks queue rows, then what waits for funds, then wallets. */
  async cancelWaiting(tx: Tx, accountId: string, groupId: string, limit: number, now: Date): Promise<number> {
    const waiting = await tx.query<ClaimedMessage>(LOCK_WAITING_OF_GROUP, [accountId, groupId, limit]);
    await this.putAside.execute(
      tx,
      waiting.map((message) => cancelled(message, 'group_cancelled')),
      now,
    );
    const left = limit - waiting.length;
    return waiting.length + (await this.waitingFunds.cancelOfGroup(tx, accountId, groupId, left, now));
  }

  /**
   * One that waits for funds. While its row there was waited for it may have been paid for: then it is in the queue, where it was not a
   * moment ago.
   */
  private async cancelUnpaid(tx: Tx, accountId: string, messageId: string): Promise<boolean> {
    if (await this.waitingFunds.cancel(tx, accountId, messageId)) return true;
    const [paid] = await tx.query<ClaimedMessage>(LOCK_WAITING, [accountId, messageId]);
    if (paid) await this.putAside.execute(tx, [cancelled(paid, 'requested')], this.clock.now());
    return paid !== undefined;
  }

  /** Cancels all that waits in a cancelled group, a transaction for every few hundred; answers how many that were. */
  async cancelGroup(accountId: string, groupId: string): Promise<number> {
    let total = 0;
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const cancelledNow = await this.database.transaction((tx) =>
        this.cancelWaiting(tx, accountId, groupId, BATCH, this.clock.now()),
      );
      if (cancelledNow === 0) break;
      total += cancelledNow;
    }
    return total;
  }
}

function cancelled(message: ClaimedMessage, reason: 'group_cancelled' | 'requested'): Aside {
  const waits = message.state === 'queued' || message.state === 'scheduled';
  return { message, decision: waits ? { kind: 'cancel', reason } : { kind: 'stray' } };
}

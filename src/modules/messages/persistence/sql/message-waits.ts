import { expectFew } from '../../../../database/expect-few.js';
import type { Statement, Tx } from '../../../../database/database.js';
import { NIL_ID } from '../../../../kernel/ids.js';
import type { Currency } from '../../../../kernel/money.js';
import { laneNumber } from '../../domain/message.js';
import { PRICED_COLUMNS, type PricedMessage } from '../claimed-message.js';
import type { DraftBatch } from '../message-writer.js';

/** A locked row of what waits for funds, with its message. Nothing is held for it, so there is no wallet yet. */
export interface WaitingMessage extends PricedMessage {
  providerId: string;
  laneNo: number;
  groupId: string;
  dueAt: Date;
}

const WAITING_COLUMNS = `${PRICED_COLUMNS},
      w.provider_id AS "providerId", w.lane AS "laneNo", w.group_id AS "groupId",
      COALESCE(w.not_before, w.due_at) AS "dueAt"`;
const WITH_MESSAGE = `
     CROSS JOIN LATERAL (
       SELECT * FROM messages m WHERE m.account_id = w.account_id AND m.id = w.message_id LIMIT 1) m`;

const WRITE_WAITS: Statement = {
  name: 'messages.write-waits',
  text: `
    INSERT INTO message_waits (account_id, message_id, currency, provider_id, lane, group_id, due_at, not_before, valid_until)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::smallint[], $6::uuid[], $7::timestamptz[],
                         $8::timestamptz[], $9::timestamptz[])`,
};

/** Drafts that wait for funds, beside their messages. */
export async function writeWaits(tx: Tx, batches: readonly DraftBatch[]): Promise<void> {
  const waits = batches.flatMap((batch) => (batch.onInsufficientFunds === 'wait' ? waitsOf(batch) : []));
  if (waits.length === 0) return;
  await tx.query(WRITE_WAITS, [
    waits.map(({ batch }) => batch.accountId),
    waits.map(({ draft }) => draft.id),
    waits.map(({ draft }) => draft.currency),
    waits.map(({ draft }) => draft.providerId),
    waits.map(({ batch }) => laneNumber(batch.lane)),
    waits.map(({ batch }) => batch.groupId ?? NIL_ID),
    waits.map(({ draft }) => draft.dueAt),
    waits.map(({ draft }) => draft.notBefore),
    waits.map(({ draft }) => draft.validUntil),
  ]);
}

function waitsOf(batch: DraftBatch) {
  return batch.drafts.filter(({ state }) => state === 'waiting_funds').map((draft) => ({ draft, batch }));
}

/**
 * The oldest that wait for money of one currency and are still valid. Waits for whoever has them locked, so that two who release
 * never go past each other: the second finds what the first left. $1 account, $2 currency, $3 now, $4 how many.
 */
export const LOCK_OLDEST_WAITS: Statement = {
  name: 'messages.lock-oldest-waits',
  text: `
    SELECT ${WAITING_COLUMNS}
      FROM (
        SELECT * FROM message_waits w
         WHERE w.account_id = $1 AND w.currency = $2 AND w.valid_until > $3
         ORDER BY w.message_id
         LIMIT $4
           FOR UPDATE) w
     ${WITH_MESSAGE}
     ORDER BY w.message_id`,
};

/** One of them. Waits for whoever has it locked. $1 account, $2 message. */
export const LOCK_WAIT: Statement = {
  name: 'messages.lock-wait',
  text: `
    SELECT ${WAITING_COLUMNS}
      FROM (SELECT * FROM message_waits w WHERE w.account_id = $1 AND w.message_id = $2 FOR UPDATE) w
     ${WITH_MESSAGE}`,
};

/** Those of a group; what somebody has locked is left to the next call. $1 account, $2 group, $3 how many. */
export const LOCK_WAITS_OF_GROUP: Statement = {
  name: 'messages.lock-waits-of-group',
  text: `
    SELECT ${WAITING_COLUMNS}
      FROM (
        SELECT * FROM message_waits w
         WHERE w.account_id = $1 AND w.group_id = $2
         ORDER BY w.message_id
         LIMIT $3
           FOR UPDATE SKIP LOCKED) w
     ${WITH_MESSAGE}`,
};

/** Those whose time is over. $1 now, $2 how many. */
export const LOCK_EXPIRED_WAITS: Statement = {
  name: 'messages.lock-expired-waits',
  text: `
    SELECT ${WAITING_COLUMNS}
      FROM (
        SELECT * FROM message_waits w
         WHERE w.valid_until <= $1
         ORDER BY w.valid_until
         LIMIT $2
           FOR UPDATE SKIP LOCKED) w
     ${WITH_MESSAGE}`,
};

/** $1 accounts, $2 messages. */
export const REMOVE_WAITS: Statement = {
  name: 'messages.remove-waits',
  text: `
    DELETE FROM message_waits w
     USING unnest($1::uuid[], $2::uuid[]) AS i (account_id, message_id)
     WHERE w.account_id = i.account_id AND w.message_id = i.message_id AND ${expectFew('i.account_id')}`,
};

/**
 * What can be paid now goes into the queue: its wait becomes a queue row, its message is held. What waited for an opening as well is due
 * when its sender wants it: dispatch looks at the hours as they are now. Answers how many it found; fewer than given means that somebody
 * else moved one, and the transaction must not commit.
 *
 * $1 accounts, $2 messages, $3 states, $4 wallets, $5 entries of their holds, $6 now.
 */
export const RELEASE_WAITS: Statement = {
  name: 'messages.release-waits',
  text: `
    WITH i AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) AS i (account_id, id, state, wallet_id, entry_id)
       WHERE ${expectFew('i.account_id')}
    ), gone AS (
      DELETE FROM message_waits w USING i WHERE w.account_id = i.account_id AND w.message_id = i.id RETURNING w.*
    ), moved AS (
      UPDATE messages m
         SET state = i.state, charge_state = 'held', wallet_id = i.wallet_id, hold_entry_id = i.entry_id, reason = NULL, state_at = $6,
             due_at = COALESCE(g.not_before, g.due_at)
        FROM i JOIN gone g ON g.account_id = i.account_id AND g.message_id = i.id
       WHERE m.account_id = i.account_id AND m.id = i.id AND m.state = 'waiting_funds' AND m.charge_state = 'none'
      RETURNING m.id
    ), queued AS (
      INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until, not_before)
      SELECT account_id, message_id, provider_id, lane, group_id, COALESCE(not_before, due_at), valid_until, not_before FROM gone
      RETURNING message_id
    )
    SELECT count(*)::int AS released FROM moved JOIN queued ON queued.message_id = moved.id`,
};

/** Who has something that waits, and in which currency, in this order. $1 and $2: after this account and currency, $3 how many. */
export const FIND_WAITERS: Statement = {
  name: 'messages.find-waiters',
  text: `
    SELECT DISTINCT account_id AS "accountId", currency FROM message_waits
     WHERE (account_id, currency) > ($1::uuid, $2::text) ORDER BY account_id, currency LIMIT $3`,
};

/** In which currencies messages of an account wait. */
export const FIND_WAITS_OF_ACCOUNT: Statement = {
  name: 'messages.find-waits-of-account',
  text: `SELECT DISTINCT currency FROM message_waits WHERE account_id = $1 ORDER BY currency`,
};

/** An account with messages that wait for money of a currency. */
export interface Waiter {
  accountId: string;
  currency: Currency;
}

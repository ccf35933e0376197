import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/**
 * Messages that wait for one provider, in the order of the index that claiming uses; what a worker has locked or claimed is left to
 * it. $1 provider, $2 lane, $3 account (null: all), $4 to $9 behind which (lane, account, group, rate of
 * the sender, due, message), $10 how many.
 */
export const LOCK_QUEUED_OF_PROVIDER: Statement = {
  name: 'messages.lock-queued-of-provider',
  text: `
    SELECT ${CLAIMED_COLUMNS}, q.due_at::text AS "dueText",
           CASE WHEN q.attempt_no > 1 THEN (
             SELECT array_agg(a.provider_id) FROM attempts a
              WHERE a.account_id = q.account_id AND a.message_id = q.message_id AND a.id >= q.message_id
                AND a.state = 'rejected') END AS "refusedBy"
      FROM (
        SELECT * FROM message_queue q
         WHERE q.provider_id = $1 AND q.claimed_by IS NULL AND ($2::smallint IS NULL OR q.lane = $2)
           AND ($3::uuid IS NULL OR q.account_id = $3)
           AND (q.lane, q.account_id, q.group_id, q.paced_by, q.due_at, q.message_id)
             > ($4::smallint, $5::uuid, $6::uuid, $7::int, $8::timestamptz, $9::uuid)
         ORDER BY q.lane, q.account_id, q.group_id, q.paced_by, q.due_at, q.message_id
         LIMIT $10
           FOR UPDATE SKIP LOCKED) q
     ${CLAIMED_JOINS}
     ORDER BY q.lane, q.account_id, q.group_id, q.paced_by, q.due_at, q.message_id`,
};

/** What became of earlier attempts of some messages; no message has many. $1 accounts, $2 messages. */
export const READ_EARLIER_ATTEMPTS: Statement = {
  name: 'messages.read-earlier-attempts',
  text: `
    SELECT a.message_id AS "messageId", a.provider_id AS "providerId", a.state
      FROM unnest($1::uuid[], $2::uuid[]) AS i (account_id, message_id)
     CROSS JOIN LATERAL (
       SELECT a.message_id, a.provider_id, a.state FROM attempts a
        WHERE a.account_id = i.account_id AND a.message_id = i.message_id AND a.id >= i.message_id
        LIMIT 1000) a
     WHERE ${expectFew('i.account_id')}`,
};

/**
 * Queues locked messages for another provider. An attempt of which nothing left stays behind as it is, and a new one will begin.
 * The price is not touched. Whose rate the new sender is under is seen when it is claimed. $1 accounts, $2 messages, $3 providers, $4 senders.
 */
export const MOVE_QUEUED: Statement = {
  name: 'messages.move-queued',
  text: `
    WITH i AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS i (account_id, message_id, provider_id, sender)
       WHERE ${expectFew('i.account_id')}
    ), queued AS (
      UPDATE message_queue q
         SET provider_id = i.provider_id, paced_by = 0, tries = 0, attempt_no = q.attempt_no + CASE WHEN q.attempt_id IS NULL THEN 0 ELSE 1 END,
             attempt_id = NULL
        FROM i
       WHERE q.account_id = i.account_id AND q.message_id = i.message_id
    )
    UPDATE messages m SET provider_id = i.provider_id, sender = i.sender
      FROM i
     WHERE m.account_id = i.account_id AND m.id = i.message_id`,
};

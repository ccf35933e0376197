import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/**
 * Gives claimed messages back that were not written, where the line still has them; answers those, which stay locked.
 * $1 accounts, $2 messages, $3 fences, $4 line.
 */
export const RELEASE_CLAIMED: Statement = {
  name: 'messages.release-claimed',
  text: `
    UPDATE message_queue q
       SET claimed_by = NULL, claimed_at = NULL
      FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS i (account_id, message_id, fence)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND q.claimed_by = $4 AND q.fence = i.fence
       AND ${expectFew('i.account_id')}
    RETURNING q.message_id AS "messageId"`,
};

/** The same, and queues them under the rates of their senders. $5 the numbers of those. */
export const QUEUE_UNDER_RATE: Statement = {
  name: 'messages.queue-under-rate',
  text: `
    UPDATE message_queue q
       SET claimed_by = NULL, claimed_at = NULL, paced_by = i.paced_by
      FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $5::int[]) AS i (account_id, message_id, fence, paced_by)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND q.claimed_by = $4 AND q.fence = i.fence
       AND ${expectFew('i.account_id')}
    RETURNING q.message_id AS "messageId"`,
};

/** What still stands under a line that was closed, in the order of its numbers. $1 line, $2 how many. */
export const LOCK_CLAIMED: Statement = {
  name: 'messages.lock-claimed',
  text: `
    SELECT ${CLAIMED_COLUMNS}, q.claimed_at AS "startedAt"
      FROM (
        SELECT * FROM message_queue q
         WHERE q.claimed_by = $1
         ORDER BY q.fence
         LIMIT $2
           FOR UPDATE SKIP LOCKED) q
     ${CLAIMED_JOINS}`,
};

/** Whether anything stands under the line, locked by somebody or not. $1 line. */
export const IS_ANYTHING_CLAIMED: Statement = {
  name: 'messages.is-anything-claimed',
  text: `SELECT EXISTS (SELECT FROM message_queue WHERE claimed_by = $1) AS any`,
};

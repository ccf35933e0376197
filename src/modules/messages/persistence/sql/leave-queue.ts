import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * The guard of settling: takes messages out of the queue, or gives them back, where their line still has them under the
 * number that it gave. Answers those; a message that is missing was taken away when the line's lease had ended.
 *
 * $1 accounts, $2 messages, $3 fences, $4 when due again (null: leaves the queue), $5 lines.
 */
export const LEAVE_QUEUE: Statement = {
  name: 'messages.leave-queue',
  text: `
    WITH i AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::uuid[]) AS i (account_id, message_id, fence, again_at, line)
       WHERE ${expectFew('i.account_id')}
    ), gone AS (
      DELETE FROM message_queue q USING i
       WHERE q.account_id = i.account_id AND q.message_id = i.message_id
         AND q.claimed_by = i.line AND q.fence = i.fence AND i.again_at IS NULL
      RETURNING q.message_id
    ), back AS (
      UPDATE message_queue q
         SET claimed_by = NULL, claimed_at = NULL, due_at = i.again_at, tries = LEAST(q.tries + 1, 1000)
        FROM i
       WHERE q.account_id = i.account_id AND q.message_id = i.message_id
         AND q.claimed_by = i.line AND q.fence = i.fence AND i.again_at IS NOT NULL
      RETURNING q.message_id
    )
    SELECT message_id AS "messageId" FROM gone UNION ALL SELECT message_id FROM back`,
};

import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** Renews leases that the worker still holds. $1 accounts, $2 messages, $3 fences, $4 worker, $5 until. */
export const EXTEND_LEASES: Statement = {
  name: 'messages.extend-leases',
  text: `
    UPDATE message_queue q
       SET claimed_until = $5
      FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS i (account_id, message_id, fence)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND q.claimed_by = $4 AND q.fence = i.fence
       AND ${expectFew('i.account_id')}
    RETURNING q.message_id AS "messageId"`,
};

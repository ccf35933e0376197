import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/**
 * Waiting messages of a group, found through its streams. What a worker has locked or claimed is left to it: it reads the group's
 * state before it sends. $1 account, $2 group, $3 how many of each stream.
 */
export const LOCK_WAITING_OF_GROUP: Statement = {
  name: 'messages.lock-waiting-of-group',
  text: `
    SELECT ${CLAIMED_COLUMNS}
      FROM message_streams s
     CROSS JOIN LATERAL (
       SELECT *
         FROM message_queue q
        WHERE q.provider_id = s.provider_id AND q.lane = s.lane AND q.account_id = s.account_id
          AND q.group_id = s.group_id AND q.paced_by = s.paced_by AND q.claimed_by IS NULL
        ORDER BY q.due_at, q.message_id
        LIMIT $3
          FOR UPDATE SKIP LOCKED
     ) q
     ${CLAIMED_JOINS}
     WHERE s.account_id = $1 AND s.group_id = $2`,
};

/** One message, if it waits and nobody is sending it. Waits for whoever has it locked. $1 account, $2 message. */
export const LOCK_WAITING: Statement = {
  name: 'messages.lock-waiting',
  text: `
    SELECT ${CLAIMED_COLUMNS}
      FROM (
        SELECT * FROM message_queue q
         WHERE q.account_id = $1 AND q.message_id = $2 AND q.claimed_by IS NULL
           FOR UPDATE) q
     ${CLAIMED_JOINS}`,
};

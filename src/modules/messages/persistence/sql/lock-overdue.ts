import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/** Waiting messages whose validity is over. $1 now, $2 how many. */
export const LOCK_EXPIRED: Statement = {
  name: 'messages.lock-expired',
  text: `
    SELECT ${CLAIMED_COLUMNS}
      FROM (
        SELECT * FROM message_queue q
         WHERE q.claimed_by IS NULL AND q.valid_until <= $1
         ORDER BY q.valid_until
         LIMIT $2
           FOR UPDATE SKIP LOCKED) q
     ${CLAIMED_JOINS}`,
};

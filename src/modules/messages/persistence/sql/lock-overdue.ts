import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/**
 * Messages whose writer has not been heard of since its lease ended: another worker, or this one, when it does not know that it has
 * them. $1 now, $2 how many, $3 this worker, $4 messages that it knows to have.
 */
export const LOCK_LAPSED: Statement = {
  name: 'messages.lock-lapsed',
  text: `
    SELECT ${CLAIMED_COLUMNS}, m.state_at AS "startedAt"
      FROM (
        SELECT * FROM message_queue q
         WHERE q.claimed_by IS NOT NULL AND q.claimed_until < $1
           AND (q.claimed_by <> $3 OR q.message_id <> ALL ($4::uuid[]))
         ORDER BY q.claimed_until
         LIMIT $2
           FOR UPDATE SKIP LOCKED) q
     ${CLAIMED_JOINS}`,
};

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

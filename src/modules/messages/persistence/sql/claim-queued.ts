import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import { CLAIMED_COLUMNS, CLAIMED_JOINS } from '../claimed-message.js';

/**
 * Locks due messages of some streams, oldest first, with all that is needed to decide about them and to send them. Nothing is
 * written: what the caller does not begin is free again when the transaction ends. Rows that another worker has locked are
 * skipped, rows that it claimed meanwhile fail the check against their new version.
 *
 * Cost: one index range per stream, which begins at the first unclaimed row, so neither a longer queue nor more history makes
 * it dearer. The look-ups are LATERAL with LIMIT 1 so that no planner, whatever its statistics, turns them into scans.
 *
 * $1 provider, $2 lanes, $3 accounts, $4 groups, $5 how many of each stream, $6 now; $7, $8 lower bounds (due_at, message id).
 */
export const CLAIM_QUEUED: Statement = {
  name: 'messages.claim-queued',
  text: `
    SELECT ${CLAIMED_COLUMNS}
      FROM unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::int[], $7::timestamptz[], $8::uuid[]) WITH ORDINALITY
             AS s (lane, account_id, group_id, take, from_due, from_id, n)
     CROSS JOIN LATERAL (
       SELECT *
         FROM message_queue q
        WHERE q.provider_id = $1 AND q.lane = s.lane AND q.account_id = s.account_id AND q.group_id = s.group_id
          AND q.claimed_by IS NULL AND q.due_at <= $6 AND (q.due_at, q.message_id) > (s.from_due, s.from_id)
        ORDER BY q.due_at, q.message_id
        LIMIT s.take
          FOR UPDATE SKIP LOCKED
     ) q
     ${CLAIMED_JOINS}
     WHERE ${expectFew('s.account_id')}
     ORDER BY s.n, q.due_at, q.message_id`,
};

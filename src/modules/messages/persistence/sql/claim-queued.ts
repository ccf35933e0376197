import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import { CLAIMED_JOINS, claimedColumns } from '../claimed-message.js';

/**
 * Claims due messages of some streams for a line, oldest first: numbers them, gives each that has none an attempt, and answers all that
 * is needed to decide about them and to send them. Rows that another worker has locked are skipped, rows that it claimed
 * meanwhile fail the check against their new version. The line must be open: under one that somebody closed while this was on its
 * way nobody would ever look for what it claimed.
 *
 * Cost: one index range per stream, which begins at the first unclaimed row, so neither a longer queue nor more history makes
 * it dearer. The look-ups are LATERAL with LIMIT 1 so that no planner, whatever its statistics, turns them into scans.
 *
 * $1 provider, $2 lanes, $3 accounts, $4 groups, $5 how many of each stream, $6 now; $7, $8 lower bounds (due_at, message id);
 * $9 line, $10 the number before the first; $11, $12 ids of new attempts: their first 24 characters, and what the last twelve
 * hexadecimal digits count from; $13 the rates of senders that the streams are under.
 */
export const CLAIM_QUEUED: Statement = {
  name: 'messages.claim-queued',
  text: `
    WITH line AS MATERIALIZED (
      SELECT id FROM sending_lines WHERE id = $9 AND closed_at IS NULL FOR KEY SHARE
    ), due AS MATERIALIZED (
      SELECT q.account_id, q.message_id, q.attempt_id IS NOT NULL AS continued,
             row_number() OVER (ORDER BY s.n, q.due_at, q.message_id) AS no
        FROM line
       CROSS JOIN unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::int[], $7::timestamptz[], $8::uuid[], $13::int[])
               WITH ORDINALITY AS s (lane, account_id, group_id, take, from_due, from_id, paced_by, n)
       CROSS JOIN LATERAL (
         SELECT *
           FROM message_queue q
          WHERE q.provider_id = $1 AND q.lane = s.lane AND q.account_id = s.account_id AND q.group_id = s.group_id
            AND q.paced_by = s.paced_by AND q.claimed_by IS NULL AND q.due_at <= $6 AND (q.due_at, q.message_id) > (s.from_due, s.from_id)
          ORDER BY q.due_at, q.message_id
          LIMIT s.take
            FOR UPDATE SKIP LOCKED
       ) q
       WHERE ${expectFew('s.account_id')}
    ), claimed AS (
      UPDATE message_queue q
         SET claimed_by = $9::uuid, claimed_at = $6, fence = $10::bigint + d.no,
             attempt_id = COALESCE(q.attempt_id, ($11 || lpad(to_hex($12::bigint + d.no), 12, '0'))::uuid)
        FROM due d
       WHERE q.account_id = d.account_id AND q.message_id = d.message_id AND ${expectFew('d.account_id')}
      RETURNING q.*, d.continued
    )
    SELECT ${claimedColumns('q.continued')}
      FROM claimed q
     ${CLAIMED_JOINS}
     WHERE ${expectFew('q.account_id')}
     ORDER BY q.fence`,
};

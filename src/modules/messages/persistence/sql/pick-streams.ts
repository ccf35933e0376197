import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Open streams of a provider, lane by lane, beginning behind the one that had the last turn and wrapping around. Walks the
 * partial index of open streams: parked and paused ones, and the queue itself, are not touched.
 *
 * $1 provider; $2 lanes, $3 accounts, $4 groups, $5 rates of senders: where each lane's last turn ended; $6 how many of each lane.
 */
export const PICK_STREAMS: Statement = {
  name: 'messages.pick-streams',
  text: `
    SELECT c.lane, s.account_id AS "accountId", s.group_id AS "groupId", s.paced_by AS "pacedBy"
      FROM unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::int[]) AS c (lane, account_id, group_id, paced_by)
     CROSS JOIN LATERAL (
       (SELECT 0 AS round, s.account_id, s.group_id, s.paced_by
          FROM message_streams s
         WHERE s.provider_id = $1 AND s.lane = c.lane AND s.state = 'open'
           AND (s.account_id, s.group_id, s.paced_by) > (c.account_id, c.group_id, c.paced_by)
         ORDER BY s.account_id, s.group_id, s.paced_by
         LIMIT $6)
       UNION ALL
       (SELECT 1, s.account_id, s.group_id, s.paced_by
          FROM message_streams s
         WHERE s.provider_id = $1 AND s.lane = c.lane AND s.state = 'open'
           AND (s.account_id, s.group_id, s.paced_by) <= (c.account_id, c.group_id, c.paced_by)
         ORDER BY s.account_id, s.group_id, s.paced_by
         LIMIT $6)
     ) s
     WHERE ${expectFew('c.account_id')}
     ORDER BY c.lane, s.round, s.account_id, s.group_id, s.paced_by`,
};

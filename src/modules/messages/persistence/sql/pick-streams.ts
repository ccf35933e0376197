import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Open streams of a provider, lane by lane, beginning behind the one that had the last turn and wrapping around. Walks the
 * partial index of open streams: parked and paused ones, and the queue itself, are not touched.
 *
 * $1 provider; $2 lanes, $3 accounts, $4 groups: where each lane's last turn ended; $5 how many of each lane.
 */
export const PICK_STREAMS: Statement = {
  name: 'messages.pick-streams',
  text: `
    SELECT c.lane, s.account_id AS "accountId", s.group_id AS "groupId"
      FROM unnest($2::smallint[], $3::uuid[], $4::uuid[]) AS c (lane, account_id, group_id)
     CROSS JOIN LATERAL (
       (SELECT 0 AS round, s.account_id, s.group_id
          FROM message_streams s
         WHERE s.provider_id = $1 AND s.lane = c.lane AND s.state = 'open'
           AND (s.account_id, s.group_id) > (c.account_id, c.group_id)
         ORDER BY s.account_id, s.group_id
         LIMIT $5)
       UNION ALL
       (SELECT 1, s.account_id, s.group_id
          FROM message_streams s
         WHERE s.provider_id = $1 AND s.lane = c.lane AND s.state = 'open'
           AND (s.account_id, s.group_id) <= (c.account_id, c.group_id)
         ORDER BY s.account_id, s.group_id
         LIMIT $5)
     ) s
     WHERE ${expectFew('c.account_id')}
     ORDER BY c.lane, s.round, s.account_id, s.group_id`,
};

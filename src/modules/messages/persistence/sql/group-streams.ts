import type { Statement } from '../../../../database/database.js';

/**
 * Pauses the streams of a group, or opens those that are paused; the group is locked. In key order, like everybody who locks
 * several. An opened stream that has nothing due is parked by whoever looks at it. $1 account, $2 group, $3 the state.
 */
export const SET_GROUP_STREAMS: Statement = {
  name: 'messages.set-group-streams',
  text: `
    WITH mine AS MATERIALIZED (
      SELECT provider_id, lane, account_id, group_id, paced_by
        FROM message_streams
       WHERE account_id = $1 AND group_id = $2 AND (state = 'paused') <> ($3::text = 'paused')
       ORDER BY provider_id, lane, account_id, group_id, paced_by
         FOR UPDATE
    )
    UPDATE message_streams s
       SET state = $3::text
      FROM mine m
     WHERE s.provider_id = m.provider_id AND s.lane = m.lane AND s.account_id = m.account_id AND s.group_id = m.group_id
       AND s.paced_by = m.paced_by
    RETURNING s.provider_id AS "providerId"`,
};

/** Cancelled groups that still have a stream, and so perhaps something waiting. $1 how many. */
export const FIND_CANCELLED_GROUPS: Statement = {
  name: 'messages.find-cancelled-groups',
  text: `
    SELECT DISTINCT g.account_id AS "accountId", g.id
      FROM message_streams s
      JOIN message_groups g ON g.account_id = s.account_id AND g.id = s.group_id
     WHERE g.state = 'cancelled'
     LIMIT $1`,
};

import type { Statement } from '../../../../database/database.js';

/**
 * Pauses streams of groups that are paused. The lock on the group makes it wait for whoever is resuming it, whose update of the
 * streams then comes after ours. $1 providers, $2 lanes, $3 accounts, $4 groups.
 */
export const PAUSE_STREAMS: Statement = {
  name: 'messages.pause-streams',
  text: `
    WITH paused AS MATERIALIZED (
      SELECT g.account_id, g.id
        FROM message_groups g
        JOIN (SELECT DISTINCT account_id, group_id FROM unnest($3::uuid[], $4::uuid[]) AS i (account_id, group_id)) i
          ON g.account_id = i.account_id AND g.id = i.group_id
       WHERE g.state = 'paused'
       ORDER BY g.account_id, g.id
         FOR SHARE OF g
    )
    UPDATE message_streams s
       SET state = 'paused'
      FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[]) AS i (provider_id, lane, account_id, group_id)
      JOIN paused p ON p.account_id = i.account_id AND p.id = i.group_id
     WHERE s.provider_id = i.provider_id AND s.lane = i.lane AND s.account_id = i.account_id AND s.group_id = i.group_id
       AND s.state = 'open'`,
};

/** Lets streams rest until an instant. $1 providers, $2 lanes, $3 accounts, $4 groups, $5 until. */
export const PARK_STREAMS: Statement = {
  name: 'messages.park-streams',
  text: `
    WITH free AS MATERIALIZED (
      SELECT s.provider_id, s.lane, s.account_id, s.group_id, s.paced_by
        FROM message_streams s
        JOIN unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[]) AS i (provider_id, lane, account_id, group_id)
          USING (provider_id, lane, account_id, group_id)
       WHERE s.state = 'open'
         FOR UPDATE OF s SKIP LOCKED
    )
    UPDATE message_streams s
       SET state = 'parked', ready_at = $5
      FROM free f
     WHERE s.provider_id = f.provider_id AND s.lane = f.lane AND s.account_id = f.account_id AND s.group_id = f.group_id
       AND s.paced_by = f.paced_by`,
};

/** Opens parked streams whose time has come; those that somebody has locked come next time. $1 now, $2 how many. */
export const WAKE_STREAMS: Statement = {
  name: 'messages.wake-streams',
  text: `
    WITH due AS MATERIALIZED (
      SELECT provider_id, lane, account_id, group_id, paced_by
        FROM message_streams
       WHERE state = 'parked' AND ready_at <= $1
       ORDER BY ready_at
       LIMIT $2
         FOR UPDATE SKIP LOCKED
    )
    UPDATE message_streams s
       SET state = 'open'
      FROM due d
     WHERE s.provider_id = d.provider_id AND s.lane = d.lane AND s.account_id = d.account_id AND s.group_id = d.group_id
       AND s.paced_by = d.paced_by
    RETURNING s.provider_id AS "providerId"`,
};

/**
 * First half of putting dry streams away: locks those that nobody has. Whoever queues a message holds the lock of its stream
 * until it commits, so a stream that we lock has no message on its way. $1 providers, $2 lanes, $3 accounts, $4 groups, $5 rates of senders.
 */
export const LOCK_DRY_STREAMS: Statement = {
  name: 'messages.lock-dry-streams',
  text: `
    SELECT s.provider_id AS "providerId", s.lane, s.account_id AS "accountId", s.group_id AS "groupId",
           s.paced_by AS "pacedBy"
      FROM message_streams s
      JOIN unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::int[])
             AS i (provider_id, lane, account_id, group_id, paced_by)
        USING (provider_id, lane, account_id, group_id, paced_by)
     WHERE s.state = 'open'
       FOR UPDATE OF s SKIP LOCKED`,
};

/**
 * Second half, a statement of its own because its snapshot must be younger than the locks: streams with nothing queued are
 * removed, the others are parked until what they have is due. Claimed rows do not count: whoever gives one back opens its
 * stream again. $1 providers, $2 lanes, $3 accounts, $4 groups, $5 rates of senders (locked), $6 now.
 */
export const PUT_STREAMS_AWAY: Statement = {
  name: 'messages.put-streams-away',
  text: `
    WITH dry AS MATERIALIZED (
      SELECT i.*, n.due_at
        FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::int[])
             AS i (provider_id, lane, account_id, group_id, paced_by)
        LEFT JOIN LATERAL (
          SELECT q.due_at FROM message_queue q
           WHERE q.provider_id = i.provider_id AND q.lane = i.lane AND q.account_id = i.account_id
             AND q.group_id = i.group_id AND q.paced_by = i.paced_by AND q.claimed_by IS NULL
           ORDER BY q.due_at, q.message_id
           LIMIT 1) n ON true
    ), removed AS (
      DELETE FROM message_streams s USING dry d
       WHERE d.due_at IS NULL AND s.provider_id = d.provider_id AND s.lane = d.lane AND s.account_id = d.account_id
         AND s.group_id = d.group_id AND s.paced_by = d.paced_by
    )
    UPDATE message_streams s
       SET state = 'parked', ready_at = d.due_at
      FROM dry d
     WHERE d.due_at > $6 AND s.provider_id = d.provider_id AND s.lane = d.lane AND s.account_id = d.account_id
       AND s.group_id = d.group_id AND s.paced_by = d.paced_by`,
};

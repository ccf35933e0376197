import type { Statement } from '../../../../database/database.js';

/** More than can be in flight: what is claimed fits into the windows of all links. */
const MAX_IN_FLIGHT = 100_000;

/** What is being written just now or was claimed to be written next, from the small partial index of claimed rows: the ORDER BY keeps the planner on it. */
const IN_FLIGHT = `
    in_flight AS MATERIALIZED (
      SELECT provider_id, lane, account_id, count(*)::int AS messages
        FROM (SELECT provider_id, lane, account_id FROM message_queue
               WHERE claimed_by IS NOT NULL ORDER BY claimed_by LIMIT ${MAX_IN_FLIGHT}) c
       GROUP BY 1, 2, 3)`;

/** Of a stream `s`: when its oldest due message was due. One look at the index that claiming uses. */
const OLDEST_DUE = `
      LEFT JOIN LATERAL (
        SELECT q.due_at FROM message_queue q
         WHERE s.state <> 'paused' AND q.provider_id = s.provider_id AND q.lane = s.lane AND q.account_id = s.account_id
           AND q.group_id = s.group_id AND q.paced_by = s.paced_by AND q.claimed_by IS NULL AND q.due_at <= $1
         ORDER BY q.due_at, q.message_id LIMIT 1) q ON true`;

const FILTER = `($2::uuid IS NULL OR s.provider_id = $2) AND ($3::smallint IS NULL OR s.lane = $3) AND ($4::uuid IS NULL OR s.account_id = $4)`;
const KEY = `s.provider_id, s.lane, s.account_id`;

/**
 * A page of the queue by provider, lane and account. Walks from key to key over the streams, of which there is one for each
 * group with something queued, and looks at the first entry of each in the queue's own index: nothing here gets dearer when more
 * is queued. $1 now, $2 provider, $3 lane, $4 account (null: all), $5 to $7 behind which key, $8 how many.
 */
export const LIST_QUEUE: Statement = {
  name: 'messages.list-queue',
  text: `
    WITH RECURSIVE keys AS (
      (SELECT ${KEY}, 1 AS n FROM message_streams s
        WHERE ${FILTER} AND (${KEY}) > ($5::uuid, $6::smallint, $7::uuid)
        ORDER BY ${KEY} LIMIT 1)
      UNION ALL
      SELECT next.*, k.n + 1
        FROM keys k
       CROSS JOIN LATERAL (
         SELECT ${KEY} FROM message_streams s
          WHERE ${FILTER} AND (${KEY}) > (k.provider_id, k.lane, k.account_id)
          ORDER BY ${KEY} LIMIT 1) next
       WHERE k.n < $8),
    ${IN_FLIGHT}
    SELECT k.provider_id AS "providerId", k.lane, k.account_id AS "accountId", t.open, t.parked, t.paused,
           t.oldest_due_at AS "oldestDueAt", COALESCE(f.messages, 0) AS "inFlight"
      FROM keys k
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE s.state = 'open')::int AS open, count(*) FILTER (WHERE s.state = 'parked')::int AS parked,
              count(*) FILTER (WHERE s.state = 'paused')::int AS paused, min(q.due_at) AS oldest_due_at
         FROM message_streams s
         ${OLDEST_DUE}
        WHERE s.provider_id = k.provider_id AND s.lane = k.lane AND s.account_id = k.account_id) t
      LEFT JOIN in_flight f ON f.provider_id = k.provider_id AND f.lane = k.lane AND f.account_id = k.account_id
     ORDER BY k.provider_id, k.lane, k.account_id`,
};

/** The same by provider and lane over all accounts. Parked streams have nothing due. $1 now. */
export const SUM_QUEUE: Statement = {
  name: 'messages.sum-queue',
  text: `
    WITH ${IN_FLIGHT},
    due AS (
      SELECT s.provider_id, s.lane, min(q.due_at) AS oldest_due_at
        FROM message_streams s
        ${OLDEST_DUE}
       WHERE s.state = 'open'
       GROUP BY 1, 2),
    writing AS (SELECT provider_id, lane, sum(messages)::int AS messages FROM in_flight GROUP BY 1, 2)
    SELECT COALESCE(d.provider_id, w.provider_id) AS "providerId", COALESCE(d.lane, w.lane) AS lane,
           d.oldest_due_at AS "oldestDueAt", COALESCE(w.messages, 0) AS "inFlight"
      FROM due d
      FULL JOIN writing w ON w.provider_id = d.provider_id AND w.lane = d.lane`,
};

import type { Statement } from '../../../../database/database.js';
import { expectFew } from '../../../../database/expect-few.js';

/** Adds to what waits, in key order. $1 accounts, $2 providers, $3 lanes, $4 queued, $5 scheduled. */
export const ADD_DEPTHS: Statement = {
  name: 'statistics.add-depths',
  text: `
    INSERT INTO message_queue_depths AS d (account_id, provider_id, lane, queued, scheduled)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[]) AS i (account_id)
     WHERE ${expectFew('i.account_id')}
    ON CONFLICT (account_id, provider_id, lane) DO UPDATE
       SET queued = d.queued + EXCLUDED.queued, scheduled = d.scheduled + EXCLUDED.scheduled`,
};

/** What waits of some accounts: $1 accounts, $2 providers, $3 lanes. */
export const READ_DEPTHS: Statement = {
  name: 'statistics.read-depths',
  text: `
    SELECT d.account_id AS "accountId", d.provider_id AS "providerId", d.lane, d.queued::int8 AS queued, d.scheduled::int8 AS scheduled
      FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS k (account_id, provider_id, lane)
      JOIN message_queue_depths d ON d.account_id = k.account_id AND d.provider_id = k.provider_id AND d.lane = k.lane
     WHERE ${expectFew('k.account_id')}`,
};

/** What waits altogether, by provider and lane. One row per account is read: nothing that grows with the queue. */
export const SUM_DEPTHS: Statement = {
  name: 'statistics.sum-depths',
  text: `
    SELECT provider_id AS "providerId", lane, sum(queued)::int8 AS queued, sum(scheduled)::int8 AS scheduled
      FROM message_queue_depths
     WHERE queued <> 0 OR scheduled <> 0
     GROUP BY 1, 2`,
};

/** Takes an account's numbers from its roll-up anew. $1 account. */
export const RECOUNT_DEPTHS = {
  remove: `DELETE FROM message_queue_depths WHERE account_id = $1`,
  insert: `
    INSERT INTO message_queue_depths (account_id, provider_id, lane, queued, scheduled)
    SELECT account_id, provider_id, lane, COALESCE(sum(messages) FILTER (WHERE state = 'queued'), 0),
           COALESCE(sum(messages) FILTER (WHERE state = 'scheduled'), 0)
      FROM message_statistics
     WHERE account_id = $1 AND state IN ('queued', 'scheduled')
     GROUP BY 1, 2, 3`,
};

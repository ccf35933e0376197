import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * How many messages some numbers were sent since an instant: one range of the index `messages_recipient` each, on the
 * partitions from an id on, and never more rows than the cap ($4). Numbers that had none are absent.
 *
 * The range stays open at its end on purpose: the planner takes a range of unknown ends for one row in 200, reads the account's
 * whole day by primary key for every number, and keeps that plan.
 */
export const COUNT_RECENT: Statement = {
  name: 'messages.count-recent',
  text: `
    SELECT wanted.account_id, wanted.recipient, recent.count
    FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, recipient)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM messages m
        WHERE m.account_id = wanted.account_id AND m.recipient = wanted.recipient AND m.id >= $3
          AND m.state <> 'blocked'
        LIMIT $4) AS found) AS recent
    WHERE recent.count > 0 AND ${expectFew('wanted.account_id')}`,
};

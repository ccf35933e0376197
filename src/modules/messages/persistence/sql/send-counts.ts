import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Locks counters, in the order of their keys, and answers what they stand at; those of a new day begin at zero. They stay locked
 * until the commit: of two who come together, the second sees what the first took. $1 accounts, $2 kinds of traffic, $3 countries,
 * $4 day.
 */
export const LOCK_COUNTS: Statement = {
  name: 'messages.lock-counts',
  text: `
    INSERT INTO send_counts AS c (account_id, day, traffic, country, sent)
    SELECT i.account_id, $4::date, i.traffic, i.country, 0
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS i (account_id, traffic, country)
     WHERE ${expectFew('i.account_id')}
     ORDER BY i.account_id, i.traffic, i.country
    ON CONFLICT (account_id, day, traffic, country) DO UPDATE SET sent = c.sent
    RETURNING account_id AS "accountId", traffic, country, sent`,
};

/** $1 accounts, $2 kinds of traffic, $3 countries, $4 day, $5 how many more. */
export const ADD_COUNTS: Statement = {
  name: 'messages.add-counts',
  text: `
    UPDATE send_counts c SET sent = c.sent + i.more
      FROM unnest($1::uuid[], $2::text[], $3::text[], $5::int[]) AS i (account_id, traffic, country, more)
     WHERE c.account_id = i.account_id AND c.day = $4::date AND c.traffic = i.traffic AND c.country = i.country
       AND ${expectFew('i.account_id')}`,
};

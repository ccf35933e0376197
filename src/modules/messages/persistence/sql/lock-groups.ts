import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Groups that messages are about to join, share-locked until the commit: whoever cancels or closes one waits for them, and then
 * sees them. In key order.
 */
export const LOCK_GROUPS: Statement = {
  name: 'messages.lock-groups',
  text: `
    SELECT g.account_id AS "accountId", g.id, g.state
    FROM message_groups g
    WHERE (g.account_id, g.id) IN (
      SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id) WHERE ${expectFew('k.account_id')})
    ORDER BY g.account_id, g.id
    FOR SHARE`,
};

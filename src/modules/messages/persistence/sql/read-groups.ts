import type { Statement } from '../../../../database/database.js';

/** What groups say about sending just now. $1 accounts, $2 groups. */
export const READ_GROUPS: Statement = {
  name: 'messages.read-groups',
  text: `
    SELECT g.id AS "groupId", g.state AS "groupState", g.sending_window::text AS "groupWindow"
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id)
     CROSS JOIN LATERAL (
       SELECT * FROM message_groups g WHERE g.account_id = k.account_id AND g.id = k.id LIMIT 1) g`,
};

import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** Which of these external ids are taken, and by which message. */
export const FIND_EXTERNAL_IDS: Statement = {
  name: 'messages.find-external-ids',
  text: `
    SELECT e.account_id AS "accountId", e.external_id AS "externalId", e.message_id AS "messageId"
    FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, external_id)
    JOIN message_external_ids e ON e.account_id = wanted.account_id AND e.external_id = wanted.external_id
    WHERE ${expectFew('wanted.account_id')}`,
};

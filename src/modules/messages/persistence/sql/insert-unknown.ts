import type { Statement } from '../../../../database/database.js';

/** What has to be explained: $1 accounts, $2 messages, $3 attempts, $4 providers, $5 recipients, $6 since when, $7 until when. */
export const INSERT_UNKNOWN: Statement = {
  name: 'messages.insert-unknown',
  text: `
    INSERT INTO unknown_outcomes (account_id, message_id, attempt_id, provider_id, recipient, since, deadline)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::timestamptz[])
    ON CONFLICT (account_id, message_id) DO NOTHING`,
};

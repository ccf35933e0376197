import type { Statement } from '../../../../database/database.js';

/**
 * Puts messages that had left the queue back into it. With an attempt id that attempt goes on with what was not sent; without
 * one a new attempt begins. $1 accounts, $2 messages, $3 providers, $4 lanes, $5 groups, $6 due, $7 valid until, $8 attempt
 * numbers, $9 repeat reasons, $10 attempts.
 */
export const RETURN_TO_QUEUE: Statement = {
  name: 'messages.return-to-queue',
  text: `
    INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until, attempt_no, repeat_reason,
                               attempt_id, tries)
    SELECT i.*, 1
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                  $8::smallint[], $9::text[], $10::uuid[]) AS i`,
};

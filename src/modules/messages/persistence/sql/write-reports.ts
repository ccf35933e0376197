import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Moves parts and keeps the reports as they came, in one statement.
 *
 * $1..$6 parts: account, attempt, part number, state, error code, provider's id (null: as it is); $7..$19 reports: account, id,
 * message, attempt, part number, provider, provider's id, status, intermediate, error code, done, raw, received; $20 outcomes; $21 now.
 */
export const WRITE_REPORTS: Statement = {
  name: 'messages.write-reports',
  text: `
    WITH i AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::text[])
               AS i (account_id, attempt_id, part_no, state, error_code, provider_message_id)
       WHERE ${expectFew('i.account_id')}
    ), moved AS (
      UPDATE attempt_parts p
         SET state = i.state, error_code = i.error_code, state_at = $21,
             provider_message_id = COALESCE(i.provider_message_id, p.provider_message_id)
        FROM i
       WHERE p.account_id = i.account_id AND p.attempt_id = i.attempt_id AND p.part_no = i.part_no
    )
    INSERT INTO delivery_reports (account_id, id, message_id, attempt_id, part_no, provider_id, provider_message_id, status,
                                  intermediate, error_code, done_at, raw, received_at, outcome)
    SELECT * FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[], $11::smallint[], $12::uuid[], $13::text[], $14::text[],
                         $15::boolean[], $16::text[], $17::timestamptz[], $18::text[], $19::timestamptz[], $20::text[])
           AS r (account_id, id)
     WHERE ${expectFew('r.account_id')}`,
};

/** Attempts that were unknown and turned out to have been taken over. $1 accounts, $2 attempts, $3 now. */
export const CONFIRM_ATTEMPTS: Statement = {
  name: 'messages.confirm-attempts',
  text: `
    UPDATE attempts a SET state = 'submitted', finished_at = $3
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id)
     WHERE a.account_id = k.account_id AND a.id = k.id AND a.state = 'unknown'`,
};

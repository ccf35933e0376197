import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

const PARTS = `
    INSERT INTO attempt_parts AS p (account_id, attempt_id, part_no, message_id, provider_id, provider_message_id, state, error_code,
                                    cost_micros, cost_currency, state_at)
    SELECT i.account_id, i.attempt_id, i.part_no, i.message_id, i.provider_id, i.provider_message_id, i.state, i.error_code,
           i.cost_micros, i.cost_currency, $14
      FROM unnest($6::uuid[], $7::uuid[], $8::smallint[], $9::uuid[], $10::uuid[], $11::text[], $12::text[], $13::text[],
                  $15::bigint[], $16::text[])
             AS i (account_id, attempt_id, part_no, message_id, provider_id, provider_message_id, state, error_code,
                   cost_micros, cost_currency)
     WHERE ${expectFew('i.account_id')}
    ON CONFLICT (account_id, attempt_id, part_no) DO UPDATE
       SET state = EXCLUDED.state, error_code = EXCLUDED.error_code, state_at = EXCLUDED.state_at,
           provider_message_id = COALESCE(EXCLUDED.provider_message_id, p.provider_message_id),
           cost_micros = COALESCE(EXCLUDED.cost_micros, p.cost_micros),
           cost_currency = COALESCE(EXCLUDED.cost_currency, p.cost_currency)`;

/**
 * Writes attempts that ended, and their parts. Nothing of them is written before: until then the queue row and the mark of its line
 * say that the message is in flight. An attempt whose parts were provably not sent goes on under its own id, so none is burnt.
 *
 * $1..$5 attempts: account, id, state, error code, error detail; $6..$13 parts: account, attempt, part number, message,
 * provider, the id that it gave, state, error code; $14 now; $15, $16 parts: what the provider said that it cost, and the
 * currency; $17..$22 attempts again: message, number, provider, repeat reason, worker, when they were begun.
 */
export const WRITE_ATTEMPTS: Statement = {
  name: 'messages.write-attempts',
  text: `
    WITH ended AS (
      INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, repeat_reason, worker, state,
                            error_code, error_detail, started_at, finished_at)
      SELECT i.account_id, i.id, i.message_id, i.attempt_no, i.provider_id, i.id::text, i.repeat_reason, i.worker, i.state,
             i.error_code, i.error_detail, i.started_at, $14
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $17::uuid[], $18::smallint[], $19::uuid[],
                    $20::text[], $21::uuid[], $22::timestamptz[])
               AS i (account_id, id, state, error_code, error_detail, message_id, attempt_no, provider_id, repeat_reason, worker,
                     started_at)
       WHERE ${expectFew('i.account_id')}
      ON CONFLICT (account_id, id) DO UPDATE
         SET state = EXCLUDED.state, worker = EXCLUDED.worker, started_at = EXCLUDED.started_at,
             finished_at = EXCLUDED.finished_at, error_code = EXCLUDED.error_code, error_detail = EXCLUDED.error_detail
    )${PARTS}`,
};

/** What was learned later about attempts that are written, and about their parts: $1 to $16 as above. */
export const CORRECT_ATTEMPTS: Statement = {
  name: 'messages.correct-attempts',
  text: `
    WITH ended AS (
      UPDATE attempts a
         SET state = i.state, error_code = i.error_code, error_detail = i.error_detail, finished_at = $14
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
               AS i (account_id, id, state, error_code, error_detail)
       WHERE a.account_id = i.account_id AND a.id = i.id AND ${expectFew('i.account_id')}
    )${PARTS}`,
};

import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Writes down what is about to be written to a provider: the lease and a new fence on the queue row, `submitting` on the
 * message, and the attempt. An attempt whose parts were provably not sent goes on under its own id, so none is burnt.
 * The rows must have been locked by CLAIM_QUEUED in this transaction.
 *
 * $1 accounts, $2 messages, $3 attempts, $4 attempt numbers, $5 repeat reasons, $6 provider, $7 worker, $8 now, $9 lease end.
 */
export const BEGIN_ATTEMPTS: Statement = {
  name: 'messages.begin-attempts',
  text: `
    WITH i AS (
      SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[])
               AS i (account_id, message_id, attempt_id, attempt_no, repeat_reason)
       WHERE ${expectFew('i.account_id')}
    ), claimed AS (
      UPDATE message_queue q
         SET claimed_by = $7, claimed_until = $9, fence = q.fence + 1, attempt_id = i.attempt_id
        FROM i
       WHERE q.account_id = i.account_id AND q.message_id = i.message_id
    ), moved AS (
      UPDATE messages m
         SET state = 'submitting', state_at = $8, reason = NULL, provider_id = $6
        FROM i
       WHERE m.account_id = i.account_id AND m.id = i.message_id AND m.state IN ('queued', 'scheduled')
      RETURNING 1
    ), begun AS (
      INSERT INTO attempts AS a (account_id, id, message_id, attempt_no, provider_id, client_reference, repeat_reason, worker,
                                 state, started_at)
      SELECT i.account_id, i.attempt_id, i.message_id, i.attempt_no, $6, i.attempt_id::text, i.repeat_reason, $7,
             'submitting', $8
        FROM i
      ON CONFLICT (account_id, id) DO UPDATE
         SET state = 'submitting', worker = EXCLUDED.worker, started_at = EXCLUDED.started_at,
             finished_at = NULL, error_code = NULL, error_detail = NULL
    )
    SELECT count(*)::int AS moved FROM moved`,
};

import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Makes messages due that wait for an opening of hours that were changed since, but not before their sender wants them. Whoever claims
 * them looks at all hours again. Those that were put aside after the new hours were known to everybody are right as they are, which
 * is why repeating this ends. Lock order: queue rows, messages.
 *
 * $1 provider or null, $2 account or null, $3 now, $4 until when the old hours may have been used, $5 how many.
 */
export const BRING_FORWARD: Statement = {
  name: 'messages.bring-forward',
  text: `
    WITH waiting AS MATERIALIZED (
      SELECT q.account_id, q.message_id, GREATEST(q.not_before, $3) AS due_at
        FROM message_queue q
       CROSS JOIN LATERAL (
         SELECT m.state, m.reason, m.state_at FROM messages m
          WHERE m.account_id = q.account_id AND m.id = q.message_id LIMIT 1) m
       WHERE ($1::uuid IS NULL OR q.provider_id = $1) AND ($2::uuid IS NULL OR q.account_id = $2)
         AND q.claimed_by IS NULL AND q.due_at > GREATEST(q.not_before, $3)
         AND m.state = 'scheduled' AND m.reason = 'window' AND m.state_at <= $4
       LIMIT $5
         FOR UPDATE OF q SKIP LOCKED
    ), shown AS (
      UPDATE messages m SET due_at = w.due_at
        FROM waiting w
       WHERE m.account_id = w.account_id AND m.id = w.message_id AND ${expectFew('w.account_id')}
    )
    UPDATE message_queue q SET due_at = w.due_at
      FROM waiting w
     WHERE q.account_id = w.account_id AND q.message_id = w.message_id AND ${expectFew('w.account_id')}
    RETURNING q.provider_id AS "providerId", q.lane, q.account_id AS "accountId", q.group_id AS "groupId",
              q.paced_by AS "pacedBy", q.due_at AS "readyAt"`,
};

/** What its sender does not want before a later time than its due time alone says. $1 accounts, $2 messages, $3 times. */
export const KEEP_WISHES: Statement = {
  name: 'messages.keep-wishes',
  text: `
    UPDATE message_queue q SET not_before = i.wanted_at
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS i (account_id, message_id, wanted_at)
     WHERE q.account_id = i.account_id AND q.message_id = i.message_id AND ${expectFew('i.account_id')}`,
};

import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import { FINAL_STATES } from '../../domain/transitions.js';

/** How far attempts have been gone through. Whoever holds the row goes on. */
export const LOCK_SWEEP: Statement = {
  name: 'messages.lock-report-sweep',
  text: `
    SELECT s.hour, s.after_account AS "afterAccount", s.after_attempt AS "afterAttempt",
           COALESCE((SELECT min(report_grace_hours) FROM providers), 72)::int AS "leastGraceHours"
      FROM report_sweep s FOR UPDATE OF s SKIP LOCKED`,
};

/** $1 hour, $2 account, $3 attempt. */
export const ADVANCE_SWEEP: Statement = {
  name: 'messages.advance-report-sweep',
  text: `UPDATE report_sweep SET hour = $1, after_account = $2, after_attempt = $3`,
};

/** Where to begin when nothing was ever gone through: asked until there is an attempt, and then never again. */
export const FIND_FIRST_ATTEMPT: Statement = {
  name: 'messages.find-first-attempt',
  text: `SELECT min(t.id::text) AS id FROM accounts a CROSS JOIN LATERAL (
           SELECT id FROM attempts t WHERE t.account_id = a.id ORDER BY t.id LIMIT 1) t`,
};

/**
 * The next attempts of an hour, account by account, by primary key: as much work for each attempt however many there are before and
 * behind it, and a probe for each account that sent nothing. $1 and $2 the hour's ids, $3 and $4 behind which account and attempt,
 * $5 how many.
 */
export const NEXT_ATTEMPTS: Statement = {
  name: 'messages.next-attempts',
  text: `
    SELECT t.account_id AS "accountId", t.id AS "attemptId", t.message_id AS "messageId", t.provider_id AS "providerId"
      FROM (SELECT id FROM accounts WHERE id >= $3 ORDER BY id) a
     CROSS JOIN LATERAL (
       SELECT t.account_id, t.id, t.message_id, t.provider_id
         FROM attempts t
        WHERE t.account_id = a.id AND t.id >= $1 AND t.id < $2
          AND t.id > CASE WHEN a.id = $3 THEN $4::uuid ELSE '00000000-0000-0000-0000-000000000000'::uuid END
        ORDER BY t.id LIMIT $5) t
     ORDER BY a.id, t.id
     LIMIT $5`,
};

/** Those of the messages that are not at their end, without a lock, each once and by its last attempt: $1 accounts, $2 messages, $3 providers. */
export const FIND_OPEN_MESSAGES: Statement = {
  name: 'messages.find-open-messages',
  text: `
    SELECT DISTINCT ON (k.account_id, k.id) k.account_id AS "accountId", k.id AS "messageId", k.provider_id AS "providerId"
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS k (account_id, id, provider_id, n)
      JOIN messages m ON m.account_id = k.account_id AND m.id = k.id
     WHERE m.state NOT IN (${FINAL_STATES.map((state) => `'${state}'`).join(', ')}) AND ${expectFew('k.account_id')}
     ORDER BY k.account_id, k.id, k.n DESC`,
};

/** $1 providers. */
export const READ_GRACE: Statement = {
  name: 'messages.read-report-grace',
  text: `SELECT id, kind, settings, report_grace_hours::int AS "graceHours" FROM providers WHERE id = ANY ($1::uuid[])`,
};

/** Whose own deadline has come: $1 now, $2 how many. */
export const TAKE_DEADLINES: Statement = {
  name: 'messages.take-report-deadlines',
  text: `
    SELECT account_id AS "accountId", message_id AS "messageId", provider_id AS "providerId", look_at AS "lookAt"
      FROM report_deadlines WHERE look_at <= $1 ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
};

/** $1 accounts, $2 messages, $3 providers, $4 when to look. */
export const WRITE_DEADLINES: Statement = {
  name: 'messages.write-report-deadlines',
  text: `
    INSERT INTO report_deadlines (account_id, message_id, provider_id, look_at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS d (account_id)
     WHERE ${expectFew('d.account_id')}
    ON CONFLICT (account_id, message_id) DO UPDATE SET provider_id = EXCLUDED.provider_id, look_at = EXCLUDED.look_at`,
};

/** $1 accounts, $2 messages. */
export const DELETE_DEADLINES: Statement = {
  name: 'messages.delete-report-deadlines',
  text: `
    DELETE FROM report_deadlines d USING unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
     WHERE d.account_id = k.account_id AND d.message_id = k.message_id AND ${expectFew('k.account_id')}`,
};

/** As the provider knows them, each id of its own once: $1 accounts, $2 messages, $3 providers. */
export const FIND_TAKEN_OVER: Statement = {
  name: 'messages.find-taken-over',
  text: `
    SELECT DISTINCT a.provider_id AS "providerId", a.id::text AS "clientReference", m.recipient AS "to",
           p.provider_message_id AS "providerMessageId"
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS k (account_id, message_id, provider_id)
      JOIN messages m ON m.account_id = k.account_id AND m.id = k.message_id
      JOIN attempts a ON a.account_id = k.account_id AND a.message_id = k.message_id AND a.provider_id = k.provider_id
      JOIN attempt_parts p ON p.account_id = a.account_id AND p.attempt_id = a.id
     WHERE p.state = 'submitted' AND p.provider_message_id <> '' AND ${expectFew('k.account_id')}`,
};

/** What no report came for: $1 accounts, $2 messages, $3 now. */
export const EXPIRE_PARTS: Statement = {
  name: 'messages.expire-parts',
  text: `
    UPDATE attempt_parts p SET state = 'expired', state_at = $3
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
      JOIN attempts a ON a.account_id = k.account_id AND a.message_id = k.message_id
     WHERE p.account_id = a.account_id AND p.attempt_id = a.id AND p.state = 'submitted' AND ${expectFew('k.account_id')}`,
};

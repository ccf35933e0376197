import type { Statement } from '../../../../database/database.js';

/**
 * The newest message that left from a sender to a number. Tables of messages are keyed by account first, so each account is asked: a
 * probe of messages_recipient in each partition since then. That is a millisecond for a few hundred accounts, and answers from phones
 * are few; numbers of one account alone never come here. $1 recipients, $2 senders, $3 the lowest id.
 */
export const FIND_LAST_TO: Statement = {
  name: 'messages.find-last-to',
  text: `
    SELECT p.n::int - 1 AS index, m.account_id AS "accountId", m.id AS "messageId"
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p (recipient, sender, n)
     CROSS JOIN LATERAL (
       SELECT m.account_id, m.id
         FROM accounts a
        CROSS JOIN LATERAL (
          SELECT m.account_id, m.id, COALESCE(m.submitted_at, m.state_at) AS left_at
            FROM messages m
           WHERE m.account_id = a.id AND m.recipient = p.recipient AND m.id >= $3 AND m.sender = p.sender
             AND m.state IN ('submitting', 'submitted', 'delivered', 'undelivered', 'expired', 'unknown')
           ORDER BY m.id DESC LIMIT 1) m
        ORDER BY m.left_at DESC LIMIT 1) m`,
};

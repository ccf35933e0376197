import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * The parts that ids of a provider stand for, the newest attempts first. Selective column first: the index is (provider's id,
 * provider), LATERAL with a LIMIT keeps it in use whatever the statistics say, and the bound on the attempt id prunes old
 * partitions. Several attempts under one id happen: SMSCs restart their counters, and some answer one id to everything.
 *
 * $1 ids as the provider names them, $2 providers, $3 lowest attempt id.
 */
export const MATCH_PARTS: Statement = {
  name: 'messages.match-parts',
  text: `
    SELECT k.n::int - 1 AS index, p.account_id AS "accountId", p.message_id AS "messageId", p.attempt_id AS "attemptId",
           p.part_no::int AS "partNo"
      FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k (provider_message_id, provider_id, n)
     CROSS JOIN LATERAL (
       SELECT p.account_id, p.message_id, p.attempt_id, p.part_no
         FROM attempt_parts p
        WHERE p.provider_message_id = k.provider_message_id AND p.provider_id = k.provider_id AND p.attempt_id >= $3
        ORDER BY p.attempt_id DESC
        LIMIT 40) p
     WHERE ${expectFew('k.provider_id')}`,
};

/** All parts of attempts as they are now, read after their messages were locked. $1 accounts, $2 attempts. */
export const READ_PARTS: Statement = {
  name: 'messages.read-parts',
  text: `
    SELECT k.attempt_id AS "attemptId", p.part_no::int AS "partNo", p.state, p.provider_message_id AS "providerMessageId"
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, attempt_id)
     CROSS JOIN LATERAL (
       SELECT p.part_no, p.state, p.provider_message_id FROM attempt_parts p
        WHERE p.account_id = k.account_id AND p.attempt_id = k.attempt_id
        LIMIT 255) p
     WHERE ${expectFew('k.account_id')}`,
};

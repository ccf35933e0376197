import type { AuditCheck } from '../../domain/violation.js';

/**
 * Invariant 6 and the price half of 8. Provably not sent are attempts that the provider refused (`rejected`) or never saw
 * (`not_sent`); whatever else happened to a message or a part may have reached the phone.
 */
export const SENDING_CHECKS: readonly AuditCheck[] = [
  {
    invariant: '6.attempts',
    text: `
      SELECT account_id AS "accountId", 'message:' || message_id AS subject, 'at most 1 unflagged attempt' AS expected,
             count(*) || ' that may have been sent' AS actual
      FROM attempts
      WHERE state IN ('submitting', 'submitted', 'unknown') AND repeat_reason IS NULL
      GROUP BY account_id, message_id
      HAVING count(*) > 1`,
  },
  {
    invariant: '6.parts',
    text: `
      SELECT p.account_id AS "accountId", 'message:' || p.message_id || '/' || p.part_no AS subject,
             'at most 1 unflagged attempt' AS expected, count(*) || ' that may have been sent' AS actual
      FROM attempt_parts p
      JOIN attempts a ON a.account_id = p.account_id AND a.id = p.attempt_id
      WHERE p.state NOT IN ('rejected', 'not_sent') AND a.repeat_reason IS NULL
      GROUP BY p.account_id, p.message_id, p.part_no
      HAVING count(*) > 1`,
  },
  {
    // Instead of foreign keys, which locked the provider's row for every attempt and every report. Reports that wait are nobody's yet.
    invariant: '6.provider',
    text: `
      SELECT a.account_id AS "accountId", 'attempt:' || a.id AS subject, 'a provider' AS expected,
             'provider:' || a.provider_id AS actual
      FROM attempts a
      WHERE NOT EXISTS (SELECT FROM providers p WHERE p.id = a.provider_id)
      UNION ALL
      SELECT COALESCE((SELECT id FROM accounts WHERE kind = 'platform'), r.provider_id), 'report:' || r.id, 'a provider',
             'provider:' || r.provider_id
      FROM report_inbox r
      WHERE NOT EXISTS (SELECT FROM providers p WHERE p.id = r.provider_id)`,
  },
  {
    invariant: '8.price',
    text: `
      SELECT account_id AS "accountId", 'message:' || id AS subject, 'a price for each of ' || parts || ' parts' AS expected,
             price_micros::text AS actual
      FROM messages
      WHERE charge_state <> 'none' AND price_micros % parts <> 0`,
  },
];

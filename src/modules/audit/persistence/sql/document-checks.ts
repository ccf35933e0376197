import type { AuditCheck } from '../../domain/violation.js';

/** Invariant 9: documents, their numbers, and the closings that say how revenue was paid. */
export const DOCUMENT_CHECKS: readonly AuditCheck[] = [
  {
    invariant: '9.act_sums',
    text: `
      SELECT a.account_id AS "accountId", 'act:' || a.id AS subject,
             concat_ws(' ', COALESCE(l.net, 0), COALESCE(l.vat, 0), COALESCE(l.gross, 0)) AS expected,
             concat_ws(' ', a.net_micros, a.vat_micros, a.gross_micros) AS actual
      FROM acts a
      LEFT JOIN (
        SELECT account_id, act_id, sum(net_micros) AS net, sum(vat_micros) AS vat, sum(gross_micros) AS gross
        FROM act_lines GROUP BY account_id, act_id) l ON l.account_id = a.account_id AND l.act_id = a.id
      WHERE (a.net_micros, a.vat_micros, a.gross_micros) IS DISTINCT FROM (l.net::bigint, l.vat::bigint, l.gross::bigint)`,
  },
  {
    // Every document has its number, every number its document, and the one before it.
    invariant: '9.document_numbers',
    text: `
      WITH documents AS (
        SELECT account_id, id, legal_entity_id, document_number FROM invoices
        UNION ALL
        SELECT account_id, id, legal_entity_id, document_number FROM acts)
      SELECT COALESCE(n.account_id, d.account_id) AS "accountId", 'document:' || COALESCE(n.document_id, d.id) AS subject,
             COALESCE(n.document_number, 'a number') AS expected, COALESCE(d.document_number, 'no document') AS actual
      FROM document_numbers n
      FULL JOIN documents d ON d.account_id = n.account_id AND d.id = n.document_id
        AND d.legal_entity_id = n.legal_entity_id AND d.document_number = n.document_number
      WHERE n.document_id IS NULL OR d.id IS NULL
      UNION ALL
      SELECT n.account_id, 'document:' || n.document_id, 'number ' || n.number - 1 || ' before ' || n.document_number, 'a gap'
      FROM document_numbers n
      WHERE n.number > 1 AND NOT EXISTS (
        SELECT FROM document_numbers b
        WHERE b.legal_entity_id = n.legal_entity_id AND b.series = n.series AND b.year = n.year AND b.number = n.number - 1)`,
  },
  {
    // What a closing counted as used is what the ledger earned in its stretch of the wallet's history, and in all before it.
    invariant: '9.closing_usage',
    text: `
      WITH stretches AS (
        SELECT c.*, lag(c.through_seq, 1, 0::bigint) OVER earlier AS after_seq,
               lag(c.revenue_micros, 1, 0::bigint) OVER earlier AS revenue_before
        FROM act_closings c
        WINDOW earlier AS (PARTITION BY c.account_id, c.legal_entity_id ORDER BY c.month)
      ), earned AS (
        SELECT s.account_id, s.legal_entity_id, s.month, sum(p.amount_micros) AS micros
        FROM stretches s
        JOIN ledger_entries e ON e.account_id = s.account_id AND e.wallet_id = s.wallet_id
          AND e.wallet_seq > s.after_seq AND e.wallet_seq <= s.through_seq
        JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id AND p.ledger_account = 'revenue'
        GROUP BY s.account_id, s.legal_entity_id, s.month
      ), used AS (
        SELECT account_id, legal_entity_id, month, sum(micros) AS micros
        FROM act_usage GROUP BY account_id, legal_entity_id, month)
      SELECT s.account_id AS "accountId", ${subject('s')} AS subject,
             concat_ws(' ', COALESCE(e.micros, 0), s.revenue_before + COALESCE(e.micros, 0)) AS expected,
             concat_ws(' ', COALESCE(u.micros, 0), s.revenue_micros) AS actual
      FROM stretches s
      LEFT JOIN earned e USING (account_id, legal_entity_id, month)
      LEFT JOIN used u USING (account_id, legal_entity_id, month)
      WHERE COALESCE(e.micros, 0) <> COALESCE(u.micros, 0)
         OR s.revenue_micros <> s.revenue_before + COALESCE(e.micros, 0)`,
  },
  {
    // What was used beyond all money that had come is unpaid, whoever paid the rest.
    invariant: '9.closing_unpaid',
    text: `
      WITH funds AS (
        SELECT c.account_id, c.legal_entity_id, c.month, sum(a.amount_micros) AS micros
        FROM act_closings c
        JOIN ledger_entries e ON e.account_id = c.account_id AND e.wallet_id = c.wallet_id
          AND e.wallet_seq <= c.through_seq AND e.kind IN ('top_up', 'adjustment', 'bank_reversal')
        JOIN postings a ON a.account_id = e.account_id AND a.entry_id = e.id AND a.ledger_account = 'available'
        GROUP BY c.account_id, c.legal_entity_id, c.month)
      SELECT c.account_id AS "accountId", ${subject('c')} AS subject,
             GREATEST(c.revenue_micros - GREATEST(f.micros, 0), 0)::text AS expected, c.unpaid_micros::text AS actual
      FROM act_closings c
      LEFT JOIN funds f USING (account_id, legal_entity_id, month)
      WHERE c.unpaid_micros <> GREATEST(c.revenue_micros - GREATEST(f.micros, 0), 0)`,
  },
  {
    // What a closing says is on acts stands on them, corrections taken off.
    invariant: '9.closing_acts',
    text: `
      WITH issued AS (
        SELECT c.account_id, c.legal_entity_id, c.month, sum(a.gross_micros) AS micros
        FROM act_closings c
        JOIN acts a ON a.account_id = c.account_id AND a.legal_entity_id = c.legal_entity_id AND a.month <= c.month
        GROUP BY c.account_id, c.legal_entity_id, c.month)
      SELECT c.account_id AS "accountId", ${subject('c')} AS subject, COALESCE(i.micros, 0)::text AS expected,
             c.acted_micros::text AS actual
      FROM act_closings c
      LEFT JOIN issued i USING (account_id, legal_entity_id, month)
      WHERE c.acted_micros <> COALESCE(i.micros, 0)`,
  },
  {
    // Acts are for paid amounts: together they never exceed what their seller was paid until then.
    invariant: '9.closing_paid',
    text: `
      WITH paid AS (
        SELECT c.account_id, c.legal_entity_id, c.month, sum(p.amount_micros) AS micros
        FROM act_closings c
        JOIN payments p ON p.account_id = c.account_id AND p.legal_entity_id = c.legal_entity_id
        JOIN ledger_entries e ON e.account_id = p.account_id AND e.id = p.entry_id AND e.wallet_seq <= c.through_seq
        GROUP BY c.account_id, c.legal_entity_id, c.month)
      SELECT c.account_id AS "accountId", ${subject('c')} AS subject, 'at most ' || COALESCE(p.micros, 0) AS expected,
             c.acted_micros::text AS actual
      FROM act_closings c
      LEFT JOIN paid p USING (account_id, legal_entity_id, month)
      WHERE c.acted_micros > COALESCE(p.micros, 0)`,
  },
];

function subject(alias: string): string {
  return `'closing:' || ${alias}.legal_entity_id || '/' || ${alias}.month`;
}

import type { AuditCheck } from '../../domain/violation.js';

/** Invariants 1 and 5: what the ledger says about itself. */
export const LEDGER_CHECKS: readonly AuditCheck[] = [
  {
    invariant: '1.entry_sum',
    text: `
      SELECT account_id AS "accountId", 'entry:' || entry_id AS subject, '0' AS expected,
             sum(amount_micros) || ' ' || currency AS actual
      FROM postings
      GROUP BY account_id, entry_id, currency
      HAVING sum(amount_micros) <> 0`,
  },
  {
    invariant: '1.entry_legs',
    text: `
      SELECT e.account_id AS "accountId", 'entry:' || e.id AS subject, 'two postings or more' AS expected,
             count(p.leg)::text AS actual
      FROM ledger_entries e LEFT JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id
      GROUP BY e.account_id, e.id
      HAVING count(p.leg) < 2`,
  },
  {
    invariant: '1.posting_place',
    text: `
      SELECT p.account_id AS "accountId", 'posting:' || p.entry_id || '/' || p.leg AS subject,
             concat_ws(' ', e.wallet_id, e.wallet_seq, w.currency) AS expected,
             concat_ws(' ', p.wallet_id, p.wallet_seq, p.currency) AS actual
      FROM postings p
      JOIN ledger_entries e ON e.account_id = p.account_id AND e.id = p.entry_id
      JOIN wallets w ON w.account_id = e.account_id AND w.id = e.wallet_id
      WHERE p.currency <> w.currency
         OR (p.wallet_id IS NOT NULL AND (p.wallet_id <> e.wallet_id OR p.wallet_seq <> e.wallet_seq))`,
  },
  {
    invariant: '1.wallet_available',
    text: walletFold('available'),
  },
  {
    invariant: '1.wallet_held',
    text: walletFold('held'),
  },
  {
    invariant: '1.balance_after',
    text: `
      SELECT account_id AS "accountId", 'posting:' || entry_id || '/' || leg AS subject, fold::text AS expected,
             balance_after_micros::text AS actual
      FROM (
        SELECT *, sum(amount_micros) OVER (PARTITION BY account_id, wallet_id, ledger_account ORDER BY wallet_seq) AS fold
        FROM postings
        WHERE wallet_id IS NOT NULL) p
      WHERE fold <> balance_after_micros`,
  },
  {
    invariant: '1.wallet_seq',
    text: `
      SELECT w.account_id AS "accountId", 'wallet:' || w.id AS subject, 'numbers 1 to ' || w.last_seq AS expected,
             count(e.id) || ' entries, the last ' || COALESCE(max(e.wallet_seq), 0) AS actual
      FROM wallets w LEFT JOIN ledger_entries e ON e.account_id = w.account_id AND e.wallet_id = w.id
      GROUP BY w.account_id, w.id
      HAVING count(e.id) <> w.last_seq OR count(DISTINCT e.wallet_seq) <> w.last_seq OR COALESCE(max(e.wallet_seq), 0) <> w.last_seq`,
  },
  {
    // Each link anew from the one before it, as it stands: an entry that was changed is named itself, and not all that follow.
    invariant: '1.chain',
    text: `
      SELECT "accountId", subject, expected, actual FROM (
        SELECT e.account_id AS "accountId", 'entry:' || e.id AS subject, encode(e.link, 'hex') AS actual,
               encode(sha256(
                 COALESCE(lag(e.link) OVER (PARTITION BY e.account_id, e.wallet_id ORDER BY e.wallet_seq), ''::bytea)
                 || convert_to(json_build_array(
                   e.account_id, e.wallet_id, e.wallet_seq, e.id, e.kind, e.idempotency_key, e.subject_kind, e.subject_id,
                   e.item_count, e.details, (extract(epoch FROM e.created_at) * 1000000)::bigint, l.currency,
                   COALESCE(l.available, 0), COALESCE(l.held, 0), l.counter, l.credit_limit)::text, 'UTF8')), 'hex') AS expected
        FROM ledger_entries e
        LEFT JOIN (
          SELECT account_id, entry_id, max(currency::text)::char(3) AS currency,
                 sum(amount_micros) FILTER (WHERE ledger_account = 'available')::bigint AS available,
                 sum(amount_micros) FILTER (WHERE ledger_account = 'held')::bigint AS held,
                 max(ledger_account) FILTER (WHERE wallet_id IS NULL) AS counter, max(credit_limit_micros) AS credit_limit
          FROM postings GROUP BY account_id, entry_id) l ON l.account_id = e.account_id AND l.entry_id = e.id) linked
      WHERE expected <> actual
      UNION ALL
      SELECT w.account_id, 'wallet:' || w.id, encode(COALESCE(e.link, ''::bytea), 'hex'), encode(w.last_link, 'hex')
      FROM wallets w
      LEFT JOIN ledger_entries e ON e.account_id = w.account_id AND e.wallet_id = w.id AND e.wallet_seq = w.last_seq
      WHERE w.last_link <> COALESCE(e.link, ''::bytea)`,
  },
  {
    invariant: '1.history_order',
    text: `
      SELECT account_id AS "accountId", 'entry:' || id AS subject, 'not before ' || previous AS expected,
             created_at::text AS actual
      FROM (
        SELECT *, lag(created_at) OVER (PARTITION BY account_id, wallet_id ORDER BY wallet_seq) AS previous
        FROM ledger_entries) e
      WHERE created_at < previous`,
  },
  {
    // Money that comes in may leave a wallet below its limit, and a bank may push it there; nobody may spend it there.
    invariant: '5.credit_limit',
    text: `
      SELECT p.account_id AS "accountId", 'entry:' || p.entry_id AS subject, 'not below ' || -p.credit_limit_micros AS expected,
             p.balance_after_micros::text AS actual
      FROM postings p
      JOIN ledger_entries e ON e.account_id = p.account_id AND e.id = p.entry_id
      WHERE p.ledger_account = 'available' AND p.amount_micros < 0 AND e.kind <> 'bank_reversal'
        AND p.balance_after_micros < -p.credit_limit_micros`,
  },
];

function walletFold(ledgerAccount: 'available' | 'held'): string {
  const column = `w.${ledgerAccount}_micros`;
  return `
    SELECT w.account_id AS "accountId", 'wallet:' || w.id AS subject, COALESCE(sum(p.amount_micros), 0)::text AS expected,
           ${column}::text AS actual
    FROM wallets w
    LEFT JOIN postings p
      ON p.account_id = w.account_id AND p.wallet_id = w.id AND p.ledger_account = '${ledgerAccount}'
    GROUP BY w.account_id, w.id
    HAVING COALESCE(sum(p.amount_micros), 0) <> ${column}`;
}

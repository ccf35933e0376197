import type { Statement } from '../../../../database/database.js';

/** What an entry did to one of the wallet's two ledger accounts, and what that had afterwards. */
const effect = (ledgerAccount: 'available' | 'held', alias: string): string => `
    LEFT JOIN LATERAL (
      SELECT CASE WHEN p.wallet_seq = e.wallet_seq THEN p.amount_micros ELSE 0 END AS change, p.balance_after_micros AS after
      FROM postings p
      WHERE p.account_id = $1 AND p.wallet_id = $2 AND p.ledger_account = '${ledgerAccount}' AND p.wallet_seq <= e.wallet_seq
      ORDER BY p.wallet_seq DESC
      LIMIT 1) ${alias} ON true`;

const COLUMNS = `
    e.id, e.wallet_seq AS "seq", e.kind, e.subject_kind AS "subjectKind", e.subject_id AS "subjectId",
    e.item_count AS "itemCount", e.details, e.created_at AS "createdAt",
    COALESCE(a.change, 0) AS "availableChange", COALESCE(a.after, 0) AS "availableAfter",
    COALESCE(h.change, 0) AS "heldChange", COALESCE(h.after, 0) AS "heldAfter"`;

const PAGE = (filter: string): string => `
      SELECT * FROM ledger_entries
      WHERE account_id = $1 AND wallet_id = $2 ${filter}
        AND created_at >= $3 AND (created_at, wallet_seq) < ($4::timestamptz, $5::bigint)
      ORDER BY created_at DESC, wallet_seq DESC
      LIMIT $6`;

const OUTER = (page: string): string => `
    SELECT ${COLUMNS}
    FROM (${page}) e ${effect('available', 'a')} ${effect('held', 'h')}
    ORDER BY e.created_at DESC, e.wallet_seq DESC
    LIMIT $6`;

/**
 * A page of a wallet's statement, newest first, along the index ledger_entries_statement. An entry that left one of the two
 * balances alone shows what it was: the last posting before it, one index look-up a row.
 *
 * $1 account, $2 wallet, $3 from, ($4, $5) strictly before this time and sequence number, $6 limit.
 */
export const LIST_TRANSACTIONS: Statement = { name: 'wallets.list-transactions', text: OUTER(PAGE('')) };

/** The same for some kinds ($7): a short page of each along ledger_entries_statement_by_kind, merged. */
export const LIST_TRANSACTIONS_OF_KINDS: Statement = {
  name: 'wallets.list-transactions-of-kinds',
  text: OUTER(`SELECT p.* FROM unnest($7::text[]) AS k (kind) CROSS JOIN LATERAL (${PAGE('AND kind = k.kind')}) p`),
};

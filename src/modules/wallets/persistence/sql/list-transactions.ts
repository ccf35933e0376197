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

type Direction = 'ASC' | 'DESC';

const byTime = (direction: Direction): string => `created_at ${direction}, wallet_seq ${direction}`;

/** Entries strictly between two places of the history, each a time and a sequence number, $3 of them at most. */
const page = (filter: string, [after, before]: [string, string], direction: Direction): string => `
      SELECT * FROM ledger_entries
      WHERE account_id = $1 AND wallet_id = $2 ${filter}
        AND (created_at, wallet_seq) > (${after}) AND (created_at, wallet_seq) < (${before})
      ORDER BY ${byTime(direction)}
      LIMIT $3`;

const withEffects = (entries: string, order: string): string => `
    SELECT ${COLUMNS}
    FROM (${entries}) e ${effect('available', 'a')} ${effect('held', 'h')}
    ORDER BY ${order}
    LIMIT $3`;

const plain = (direction: Direction): string =>
  withEffects(
    page('', ['$4::timestamptz, $5::bigint', '$6::timestamptz, $7::bigint'], direction),
    `e.created_at ${direction}, e.wallet_seq ${direction}`,
  );

const ofSlices = (direction: Direction): string => {
  const slice = page(
    "AND kind = s.kind AND (s.bought IS NULL OR details ->> 'service' = s.bought)",
    ['s.after, s.after_seq', 's.before, s.before_seq'],
    direction,
  );
  return withEffects(
    `SELECT p.*, s.rank
     FROM unnest($4::integer[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[], $9::timestamptz[], $10::bigint[])
            AS s (rank, kind, bought, after, after_seq, before, before_seq)
     CROSS JOIN LATERAL (${slice}) p
     ORDER BY s.rank, p.created_at ${direction}, p.wallet_seq ${direction}
     LIMIT $3`,
    `e.rank, e.created_at ${direction}, e.wallet_seq ${direction}`,
  );
};

/**
 * A page of a wallet's statement along the index ledger_entries_statement, newest or oldest first. An entry that left one of the two
 * balances alone shows what it was: the last posting before it, one index look-up a row.
 *
 * $1 account, $2 wallet, $3 limit, ($4, $5) strictly after and ($6, $7) strictly before this time and sequence number.
 */
export const LIST_TRANSACTIONS: Record<Direction, Statement> = {
  DESC: { name: 'wallets.list-transactions', text: plain('DESC') },
  ASC: { name: 'wallets.list-transactions-upwards', text: plain('ASC') },
};

/**
 * The same put together from slices: a short page of each along ledger_entries_statement_by_kind, merged by time within a rank.
 * Purchases are as few as months, so that those of one service are found among all.
 *
 * $1 to $3 as above; side by side: $4 ranks, $5 kinds, $6 services that were bought (null: all), ($7, $8) and ($9, $10) between what.
 */
export const LIST_TRANSACTIONS_OF_SLICES: Record<Direction, Statement> = {
  DESC: { name: 'wallets.list-transactions-of-slices', text: ofSlices('DESC') },
  ASC: { name: 'wallets.list-transactions-of-slices-upwards', text: ofSlices('ASC') },
};

/** Codes of what was ever bought from a wallet. $1 account, $2 wallet. */
export const LIST_BOUGHT_SERVICES: Statement = {
  name: 'wallets.list-bought-services',
  text: `
    SELECT DISTINCT details ->> 'service' AS code
    FROM ledger_entries WHERE account_id = $1 AND wallet_id = $2 AND kind = 'purchase' AND details ->> 'service' IS NOT NULL`,
};

import type { Statement } from '../../../../database/database.js';

/**
 * What earlier calls posted under these keys: read after {@link POST_ENTRIES} left some out, to tell a repeat from a reuse.
 * $1 account ids, $2 idempotency keys, side by side.
 */
export const FIND_ENTRIES: Statement = {
  name: 'wallets.find-entries',
  text: `
    SELECT e.account_id AS "accountId", e.idempotency_key AS "idempotencyKey", e.id AS "entryId", e.kind,
           e.wallet_id AS "walletId",
           COALESCE(sum(p.amount_micros) FILTER (WHERE p.ledger_account = 'available'), 0)::bigint AS "availableMicros",
           COALESCE(sum(p.amount_micros) FILTER (WHERE p.ledger_account = 'held'), 0)::bigint AS "heldMicros",
           max(p.ledger_account) FILTER (WHERE p.wallet_id IS NULL) AS counter
    FROM unnest($1::uuid[], $2::text[]) AS k (account_id, idempotency_key)
    JOIN ledger_entries e ON e.account_id = k.account_id AND e.idempotency_key = k.idempotency_key
    JOIN postings p ON p.account_id = e.account_id AND p.entry_id = e.id
    GROUP BY e.account_id, e.id`,
};

import type { Statement } from '../../../../database/database.js';
import { expectFew } from '../../../../database/expect-few.js';

const COLUMNS = `
  r.account_id AS "accountId", r.id, r.wallet_id AS "walletId", w.currency, r.subject_kind AS "subjectKind",
  r.subject_id AS "subjectId", r.amount_micros AS "amountMicros", r.remaining_micros AS "remainingMicros", r.state`;

/**
 * Locks reservations in id order, before any wallet: keys, caps, reservations, wallets is the order of the whole product.
 * $1 account ids, $2 reservation ids, side by side.
 */
export const LOCK_RESERVATIONS: Statement = {
  name: 'wallets.lock-reservations',
  text: `
    SELECT ${COLUMNS}
    FROM reservations r
    JOIN (
      SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id) WHERE ${expectFew('k.account_id')}
    ) k USING (account_id, id)
    JOIN wallets w ON w.account_id = r.account_id AND w.id = r.wallet_id
    ORDER BY r.account_id, r.id
    FOR NO KEY UPDATE OF r`,
};

/** $1 account, $2 subject kind, $3 subject id. */
export const FIND_RESERVATION: Statement = {
  name: 'wallets.find-reservation',
  text: `
    SELECT ${COLUMNS}
    FROM reservations r
    JOIN wallets w ON w.account_id = r.account_id AND w.id = r.wallet_id
    WHERE r.account_id = $1 AND r.subject_kind = $2 AND r.subject_id = $3`,
};

import type { Statement } from '../../../../database/database.js';
import { expectFew } from '../../../../database/expect-few.js';

const COLUMNS = `
  w.account_id AS "accountId", w.id, w.service, w.currency, w.available_micros AS "availableMicros",
  w.held_micros AS "heldMicros", w.credit_limit_micros AS "creditLimitMicros"`;

/**
 * Locks wallets in id order, the one order that everybody keeps, and returns what they hold now. Whatever is decided or
 * posted comes in a later statement, whose snapshot is younger than the lock. NO KEY UPDATE: foreign keys that point here
 * need not wait.
 *
 * $1 account ids, $2 wallet ids, side by side.
 */
export const LOCK_WALLETS: Statement = {
  name: 'wallets.lock-wallets',
  text: `
    SELECT ${COLUMNS}
    FROM wallets w
    JOIN (
      SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id) WHERE ${expectFew('k.account_id')}
    ) k USING (account_id, id)
    ORDER BY w.account_id, w.id
    FOR NO KEY UPDATE OF w`,
};

/** The same, by currency: $1 account ids, $2 currencies, side by side. Wallets that do not exist are not in the answer. */
export const LOCK_WALLETS_BY_CURRENCY: Statement = {
  name: 'wallets.lock-wallets-by-currency',
  text: `
    SELECT ${COLUMNS}
    FROM wallets w
    JOIN (
      SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[]) AS k (account_id, currency) WHERE ${expectFew('k.account_id')}
    ) k
      ON w.account_id = k.account_id AND w.service = 'sms' AND w.currency = k.currency::char(3)
    ORDER BY w.account_id, w.id
    FOR NO KEY UPDATE OF w`,
};

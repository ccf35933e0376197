import type { Statement } from '../../../../database/database.js';

/** $1 account. */
export const LIST_WALLETS: Statement = {
  name: 'wallets.list-wallets',
  text: `
    SELECT account_id AS "accountId", id, service, currency, available_micros AS "availableMicros",
           held_micros AS "heldMicros", credit_limit_micros AS "creditLimitMicros"
    FROM wallets WHERE account_id = $1 ORDER BY id`,
};

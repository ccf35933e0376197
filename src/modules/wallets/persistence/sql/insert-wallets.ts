import type { Statement } from '../../../../database/database.js';

/** Opens wallets that do not exist yet. $1 account ids, $2 wallet ids, $3 currencies, side by side, sorted; $4 now. */
export const INSERT_WALLETS: Statement = {
  name: 'wallets.insert-wallets',
  text: `
    INSERT INTO wallets (account_id, id, currency, created_at)
    SELECT account_id, id, currency, $4 FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS w (account_id, id, currency)
    ON CONFLICT ON CONSTRAINT wallets_one_per_service_currency DO NOTHING`,
};

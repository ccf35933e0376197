import type { Statement } from '../../../../database/database.js';

/**
 * Accounts that have paid a seller before its month ended, and whose month is not closed.
 * $1 seller, $2 month, $3 the instant of its end, $4 after which account, $5 how many.
 */
export const FIND_DUE: Statement = {
  name: 'acts.find-due',
  text: `
    SELECT DISTINCT p.account_id AS "accountId"
    FROM payments p
    WHERE p.legal_entity_id = $1 AND p.created_at < $3 AND ($4::uuid IS NULL OR p.account_id > $4)
      AND NOT EXISTS (
        SELECT FROM act_closings c
        WHERE c.account_id = p.account_id AND c.legal_entity_id = $1 AND c.month = $2)
    ORDER BY p.account_id LIMIT $5`,
};

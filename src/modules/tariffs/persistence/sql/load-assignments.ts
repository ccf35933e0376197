import type { Statement } from '../../../../database/database.js';

/** Which tariffs accounts have, and from when, newest first. $1 account ids. */
export const LOAD_ASSIGNMENTS: Statement = {
  name: 'tariffs.load-assignments',
  text: `
    SELECT account_id AS "accountId", tariff_id AS "tariffId", traffic, valid_from AS "validFrom"
    FROM account_tariffs
    WHERE account_id = ANY ($1::uuid[])
    ORDER BY account_id, valid_from DESC`,
};

import type { Statement } from '../../../../database/database.js';

/** The enabled routes to the operator's own providers: what the route book is made of. */
export const SELECT_ROUTES: Statement = {
  name: 'providers.select-routes',
  text: `
    SELECT r.id, r.prefix, r.lane, r.tier, r.weight, r.provider_id AS "providerId", p.status AS "providerStatus"
    FROM routes r
    JOIN providers p ON p.id = r.provider_id AND p.owner_account_id IS NULL
    WHERE r.enabled`,
};

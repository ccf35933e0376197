import type { Statement } from '../../../../database/database.js';
import { AWAITING_ACTIVATION } from '../../domain/provider.js';

/** The enabled routes: what the route book is made of. A provider that was never switched on leads nowhere yet. */
export const SELECT_ROUTES: Statement = {
  name: 'providers.select-routes',
  text: `
    SELECT r.id, r.prefix, r.operator_code AS "operatorCode", r.lane, r.tier, r.weight, r.provider_id AS "providerId", p.status AS "providerStatus",
           p.owner_account_id AS "ownerAccountId", o.failing_at IS NOT NULL AS "providerFailing"
    FROM routes r
    JOIN providers p ON p.id = r.provider_id
    LEFT JOIN provider_outages o ON o.provider_id = p.id
    WHERE r.enabled AND p.pause_reason IS DISTINCT FROM '${AWAITING_ACTIVATION}'`,
};

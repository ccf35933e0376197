import type { Statement } from '../../../../database/database.js';

/** Every provider; there are dozens, not thousands. */
export const SELECT_PROVIDERS: Statement = {
  name: 'providers.select-providers',
  text: `
    SELECT id, owner_account_id, code, kind, name, status, pause_reason, rate_per_second, max_binds, sending_window,
           sender_policy, pass_on_codes, version, o.failing_at IS NOT NULL AS is_failing
    FROM providers
    LEFT JOIN provider_outages o ON o.provider_id = id
    ORDER BY code`,
};

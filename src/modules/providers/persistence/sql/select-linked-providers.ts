import type { Statement } from '../../../../database/database.js';

/** What links are opened with; a paused provider has none. Read every second by every worker: keep it small. */
export const SELECT_LINKED_PROVIDERS: Statement = {
  name: 'providers.select-linked-providers',
  text: `
    SELECT id, kind, status, rate_per_second, max_binds, version, link_version
    FROM providers
    WHERE status IN ('active', 'draining')`,
};

/** The heavy half, for one link that is about to be opened. */
export const SELECT_LINK_CONFIG: Statement = {
  name: 'providers.select-link-config',
  text: `SELECT settings, credentials, link_version FROM providers WHERE id = $1`,
};

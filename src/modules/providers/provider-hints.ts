import type { Tx } from '../../database/database.js';

/** PostgreSQL channel on which workers hear that a provider was changed. The payload is its id. */
export const PROVIDER_CHANNEL = 'kabinet_providers';

/**
 * Tells every worker, with the commit, that a provider was paused, resumed or otherwise changed. Only ever a hint: workers look by
 * themselves every second. Changes of providers are rare, so the lock that NOTIFY takes at commit is nobody's bottleneck.
 */
export async function tellProviderChanged(tx: Tx, providerId: string): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [PROVIDER_CHANNEL, providerId]);
}

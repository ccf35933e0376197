import type { Database } from '../../../src/database/database.js';
import type { ProviderKind } from '../../../src/modules/providers/domain/provider.js';
import { newId } from '../../../src/kernel/ids.js';

export interface ProviderRowInput {
  kind?: ProviderKind;
  status?: 'active' | 'paused' | 'draining';
  code?: string;
  settings?: object;
  credentials?: object;
  ratePerSecond?: number;
  maxBinds?: number;
}

/** A provider straight in the table, for tests below HTTP that need one to point at. Returns its id. */
export async function insertProvider(database: Database, input: ProviderRowInput = {}): Promise<string> {
  const id = newId();
  const { kind = 'http', status = 'active', code = `p-${id.slice(-12)}`, ratePerSecond = 100, maxBinds = 1 } = input;
  await database.query(
    `INSERT INTO providers (id, code, kind, name, settings, credentials, status, pause_reason, rate_per_second, max_binds,
                            sender_policy, created_at, updated_at)
     VALUES ($1, $2, $3, $2, $4, $5, $6, CASE WHEN $6 = 'paused' THEN 'test' END, $7, $8, '{"kind":"any"}', $9, $9)`,
    [
      id,
      code,
      kind,
      JSON.stringify(input.settings ?? {}),
      JSON.stringify(input.credentials ?? {}),
      status,
      ratePerSecond,
      maxBinds,
      new Date(),
    ],
  );
  return id;
}

/** A route straight in the table. */
export async function insertRoute(
  database: Database,
  providerId: string,
  { prefix = '', lane = null as string | null, tier = 1, weight = 1, enabled = true } = {},
): Promise<void> {
  await database.query(
    `INSERT INTO routes (id, prefix, lane, tier, weight, provider_id, enabled, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
    [newId(), prefix, lane, tier, weight, providerId, enabled, new Date()],
  );
}

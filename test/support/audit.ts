import type { Database } from '../../src/database/database.js';
import { runAudit } from '../../src/modules/audit/index.js';

/** Fails with every violation of the product's invariants that stands in the rows. For the end of a spec that moved money. */
export async function expectCleanAudit(database: Database): Promise<void> {
  const violations = await runAudit(database);
  if (violations.length > 0)
    throw new Error(`The audit found violations:\n${violations.map((one) => JSON.stringify(one)).join('\n')}`);
}

import type { Database, Statement } from '../../src/database/database.js';

/**
 * The plan that a connection keeps for a prepared statement, whatever it is called with. `known`: SQL of the parameters, from 1, that
 * decide which partitions are shown; the others are null.
 */
export function keptPlan(
  database: Database,
  { text }: Statement,
  known: Readonly<Record<number, string>> = {},
): Promise<string> {
  return database.transaction(async (tx) => {
    await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
    await tx.query(`PREPARE asked AS ${text}`);
    const [{ parameters } = { parameters: 0 }] = await tx.query<{ parameters: number }>(
      `SELECT cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE name = 'asked'`,
    );
    const values = Array.from({ length: parameters }, (_, index) => known[index + 1] ?? 'NULL').join(', ');
    const rows = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE asked (${values})`);
    await tx.query('DEALLOCATE asked');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

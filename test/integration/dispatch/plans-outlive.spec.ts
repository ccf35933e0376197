import { CLAIM_QUEUED } from '../../../src/modules/messages/persistence/sql/claim-queued.js';
import { LEAVE_QUEUE } from '../../../src/modules/messages/persistence/sql/leave-queue.js';
import { TAKE_REPORTS } from '../../../src/modules/providers/persistence/sql/take-reports.js';
import type { Statement } from '../../../src/database/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

/** Plans of prepared statements are made once; what follows is what they do when the queue has grown meanwhile. */
describe('a plan that is made while nothing waits', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
    // Statistics of an empty table, which make reading all of it look like the cheapest way.
    await db.database.query('VACUUM ANALYZE message_queue, report_inbox, sending_lines');
  });
  afterAll(() => db.drop());

  it.each([
    ['claiming', CLAIM_QUEUED, 'message_queue'],
    ['settling', LEAVE_QUEUE, 'message_queue'],
    ['taking reports', TAKE_REPORTS, 'report_inbox'],
  ])('goes by an index for %s', async (_name, { text }: Statement, table) => {
    const plan = await db.database.transaction(async (tx) => {
      await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
      await tx.query(`PREPARE asked AS ${text}`);
      const [{ parameters } = { parameters: 0 }] = await tx.query<{ parameters: number }>(
        `SELECT cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE name = 'asked'`,
      );
      const values = Array.from({ length: parameters }, () => 'NULL').join(', ');
      const rows = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE asked (${values})`);
      await tx.query('DEALLOCATE asked');
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain(` on ${table} `);
    expect(plan).not.toContain(`Seq Scan on ${table}`);
  });
});

import { CLAIM_QUEUED } from '../../../src/modules/messages/persistence/sql/claim-queued.js';
import { LEAVE_QUEUE } from '../../../src/modules/messages/persistence/sql/leave-queue.js';
import { TAKE_REPORTS } from '../../../src/modules/providers/persistence/sql/take-reports.js';
import type { Statement } from '../../../src/database/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { keptPlan } from '../../support/kept-plan.js';

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
  ])('goes by an index for %s', async (_name, statement: Statement, table) => {
    const plan = await keptPlan(db.database, statement);
    expect(plan).toContain(` on ${table} `);
    expect(plan).not.toContain(`Seq Scan on ${table}`);
  });
});

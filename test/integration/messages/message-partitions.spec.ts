import { Database } from '../../../src/database/database.js';
import { NIL_ID } from '../../../src/kernel/ids.js';
import { MessagePartitions } from '../../../src/modules/messages/jobs/message-partitions.js';
import { COUNT_RECENT } from '../../../src/modules/messages/persistence/sql/count-recent.js';
import { MOVE_MESSAGES } from '../../../src/modules/messages/persistence/sql/move-messages.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { keptPlan } from '../../support/kept-plan.js';

const NOW = new Date('2026-03-30T12:00:00Z');
const MONTHS = ['messages_2026_03', 'messages_2026_04'];

describe('partitions of messages', () => {
  let db: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    db = await createTestDatabase();
    ({ database } = db);
    await new MessagePartitions(database).ensure(NOW);
  });
  afterAll(() => db.drop());

  it('finds a message by its key in a month of which nothing is known yet', async () => {
    const plan = await keptPlan(database, MOVE_MESSAGES);
    for (const month of MONTHS) expect(plan).toContain(`using ${month}_pkey on ${month} `);
  });

  it('finds the messages of a number by the number in such a month', async () => {
    const plan = await keptPlan(database, COUNT_RECENT, { 3: `'${NIL_ID}'` });
    for (const month of MONTHS) expect(plan).toContain(`using ${month}_recipient_account_id_id_idx on ${month} `);
  });

  it('gives each partition every index of its table', async () => {
    const missing = await database.query(
      `SELECT i.indexrelid::regclass AS index, p.inhrelid::regclass AS partition
         FROM pg_inherits p JOIN pg_index i ON i.indrelid = p.inhparent
        WHERE p.inhparent = ANY ('{messages,attempts,attempt_parts,delivery_reports}'::regclass[])
          AND NOT EXISTS (SELECT FROM pg_inherits c JOIN pg_index j ON j.indexrelid = c.inhrelid
                           WHERE c.inhparent = i.indexrelid AND j.indrelid = p.inhrelid AND j.indisvalid)`,
    );
    expect(missing).toEqual([]);
    const [{ count } = { count: 0 }] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_index i JOIN pg_inherits p ON p.inhrelid = i.indrelid
        WHERE p.inhparent = 'messages'::regclass`,
    );
    const [{ own } = { own: 0 }] = await database.query<{ own: number }>(
      `SELECT count(*)::int AS own FROM pg_index WHERE indrelid = 'messages'::regclass`,
    );
    expect(count).toBe(own * (MONTHS.length + 1));
  });
});

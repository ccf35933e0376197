import { IdSequence, newId, NIL_ID } from '../../../src/kernel/ids.js';
import { AccountAudit, AccountOpenings, AccountsService } from '../../../src/modules/accounts/index.js';
import { LIST_QUEUE, SUM_QUEUE } from '../../../src/modules/messages/persistence/sql/read-queue.js';
import { QueueReads } from '../../../src/modules/messages/queue-reads.js';
import { QueueView } from '../../../src/modules/operations/queue-view.js';
import { ProvidersService } from '../../../src/modules/providers/index.js';
import { MessageStatistics, QueueDepths } from '../../../src/modules/statistics/index.js';
import { FakeClock } from '../../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { phones, seedAccount, seedMessages, seedProvider } from '../../support/dispatch-rig.js';
import { numbersOf } from '../../support/numbers.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const ROWS = 50_000;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

describe('the queue, as operations sees it', () => {
  let db: TestDatabase;
  const clock = new FakeClock(NOW.toISOString());

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const reads = () => new QueueReads(db.database, clock);
  const everything = [NOW, null, null, null, NIL_ID, 0, NIL_ID, 100];
  const explain = async (text: string, values: unknown[]) => {
    const [row] = await db.database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    return row!['QUERY PLAN'][0].Plan;
  };
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

  /** Due messages of four accounts in three lanes, one second apart, and a hundred that are being written. */
  async function fill(providerId: string): Promise<string[]> {
    const accounts = new IdSequence(NOW);
    const ids = Array.from({ length: 4 }, () => accounts.next()).sort();
    await db.database.query(
      `INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until, claimed_by, claimed_at, attempt_id)
       SELECT ($1::uuid[])[1 + n % 4], gen_random_uuid(), $2, n / 4 % 3, $3, $4::timestamptz - n * interval '1 second',
              $4::timestamptz + interval '1 day', CASE WHEN n <= 100 THEN $2::uuid END, CASE WHEN n <= 100 THEN $4::timestamptz END,
              CASE WHEN n <= 100 THEN $2::uuid END
         FROM generate_series(1, $5::int) AS n`,
      [ids, providerId, NIL_ID, NOW, ROWS],
    );
    await db.database.query(
      `INSERT INTO message_streams (provider_id, lane, account_id, group_id, state, ready_at)
       SELECT $2, lane, account_id, $3, 'open', $4 FROM unnest($1::uuid[]) AS account_id, generate_series(0, 2) AS lane`,
      [ids, providerId, NIL_ID, NOW],
    );
    return ids;
  }

  it('is read without going through what is queued', async () => {
    const providerId = newId(NOW);
    const accounts = await fill(providerId);
    await db.database.query('ANALYZE message_queue, message_streams');
    for (const [text, values] of [
      [LIST_QUEUE.text, everything],
      [SUM_QUEUE.text, [NOW]],
    ] as const) {
      const plan = await explain(text, [...values]);
      const scans = nodes(plan).filter((node) => node['Relation Name'] === 'message_queue');
      expect(scans.length).toBeGreaterThan(0);
      for (const scan of scans) expect(scan['Node Type']).toMatch(/^Index/);
      // All the rows are more than a thousand blocks; what is read is a few for each stream and for each message in flight.
      expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(600);
    }
    const entries = await reads().list({}, null, 100);
    expect(entries).toHaveLength(12);
    expect(entries.map(({ lane, accountId }) => `${lane} ${accountId}`)).toEqual(
      ['otp', 'transactional', 'bulk'].flatMap((lane) => accounts.map((id) => `${lane} ${id}`)),
    );
    expect(entries.reduce((sum, { inFlight }) => sum + inFlight, 0)).toBe(100);
    const oldest = Math.min(...entries.map(({ oldestDueAt }) => oldestDueAt!.getTime()));
    expect(oldest).toBe(NOW.getTime() - ROWS * 1_000);
    expect(new Set((await reads().totals()).map(({ lane }) => lane)).size).toBe(3);
    await db.database.query('TRUNCATE message_queue, message_streams');
  });

  describe('with messages of its own', () => {
    const view = () =>
      new QueueView(
        reads(),
        new QueueDepths(db.database),
        new ProvidersService(db.database, numbersOf(db.database)),
        new AccountsService(db.database, clock, new AccountOpenings(), new AccountAudit(clock)),
        clock,
      );
    const statistics = () => new MessageStatistics(db.database, clock);

    it('counts what waits, says since when, and leaves out what belongs to a paused group', async () => {
      const { database } = db;
      const provider = await seedProvider(database);
      const one = await seedAccount(database, { now: NOW });
      const queue = (recipients: string[], more: object) =>
        seedMessages(database, { account: one, providerId: provider.id, now: NOW, recipients, ...more });
      await queue(phones(3), { lane: 'otp', dueAt: new Date(NOW.getTime() - 90_000) });
      await queue(phones(2), { lane: 'bulk', dueAt: new Date(NOW.getTime() + 60_000) });
      await database.query(`UPDATE message_streams SET state = 'paused' WHERE lane = 0 AND account_id = $1`, [one.id]);
      // Seeds write no events: the roll-up is counted from the rows, and what waits with it.
      const hour = new Date(NOW.getTime() - 3_600_000);
      await statistics().rebuild(one.id, hour, new Date(NOW.getTime() + 3_600_000));

      const entries = (await view().list({ providerId: provider.id }, null, 20)).map(({ entry }) => entry);
      expect(entries).toMatchObject([
        { lane: 'otp', queued: 3, scheduled: 0, oldestDueAt: null, streams: { open: 0, parked: 0, paused: 1 } },
        { lane: 'bulk', queued: 0, scheduled: 2, oldestDueSeconds: null, streams: { parked: 1 }, accountName: 'Test' },
      ]);
      await database.query(`UPDATE message_streams SET state = 'open' WHERE lane = 0 AND account_id = $1`, [one.id]);
      expect(await view().totals()).toMatchObject([
        { lane: 'otp', providerId: provider.id, queued: 3, oldestDueSeconds: 90 },
        { lane: 'bulk', scheduled: 2, oldestDueAt: null },
      ]);
    });
  });
});

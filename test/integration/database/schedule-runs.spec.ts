import { runOccurrence } from '../../../src/database/schedule-runs.js';
import { FakeClock } from '../../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('schedule runs', () => {
  let db: TestDatabase;
  const clock = new FakeClock(new Date('2026-03-29T09:00:00Z'));
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  it('runs an occurrence once, however many processes come', async () => {
    let runs = 0;
    const planned = clock.now();
    const work = async () => ({ selected: ++runs });
    const all = await Promise.all(
      Array.from({ length: 8 }, () => runOccurrence({ database: db.database, clock }, 'daily', planned, work)),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(runs).toBe(1);
    const rows = await db.database.query(`SELECT outcome, counts FROM schedule_runs WHERE schedule = 'daily'`);
    expect(rows).toEqual([{ outcome: 'done', counts: { selected: 1 } }]);
  });

  it('records a failure and leaves the next occurrence free', async () => {
    const fail = async () => Promise.reject(new Error('no'));
    await runOccurrence({ database: db.database, clock }, 'flaky', clock.now(), fail);
    clock.advance({ minutes: 1 });
    expect(await runOccurrence({ database: db.database, clock }, 'flaky', clock.now(), async () => ({}))).toBe(true);
    const rows = await db.database.query(
      `SELECT outcome FROM schedule_runs WHERE schedule = 'flaky' ORDER BY planned_for`,
    );
    expect(rows).toEqual([{ outcome: 'failed' }, { outcome: 'done' }]);
  });
});

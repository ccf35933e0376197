import { lockKey, runExclusively, tryLock } from '../../../src/database/advisory-locks.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('Advisory locks', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const locks = () =>
    db.database.query(
      `SELECT objid FROM pg_locks
        WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );

  it('differ by scope and name, and fit into 64 bits', () => {
    const keys = [lockKey('schedule'), lockKey('schedule', 'a'), lockKey('schedule', 'b'), lockKey('partitions', 'a')];
    expect(new Set(keys).size).toBe(4);
    for (const key of keys) expect(BigInt.asIntN(64, BigInt(key)).toString()).toBe(key);
  });

  it('are held until the transaction ends, and refused to others at once', async () => {
    await db.database.transaction(async (first) => {
      expect(await tryLock(first, 'schedule', 'daily')).toBe(true);
      await db.database.transaction(async (second) => {
        expect(await tryLock(second, 'schedule', 'daily')).toBe(false);
        expect(await tryLock(second, 'schedule', 'hourly')).toBe(true);
      });
    });
    expect(await db.database.transaction((tx) => tryLock(tx, 'schedule', 'daily'))).toBe(true);
  });

  it('let one of many run the work, and fall when it throws', async () => {
    let running = 0;
    const work = async () => {
      running += 1;
      expect(running).toBe(1);
      await db.database.query('SELECT pg_sleep(0.1)');
      running -= 1;
      return 'done';
    };
    const outcomes = await Promise.all([1, 2, 3].map(() => runExclusively(db.database, 'partitions', 'make', work)));
    expect(outcomes.filter(({ ran }) => ran)).toEqual([{ ran: true, result: 'done' }]);

    const failing = runExclusively(db.database, 'partitions', 'make', () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await locks()).toEqual([]);
  });
});

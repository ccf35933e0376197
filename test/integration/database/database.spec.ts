import { together } from '../../../src/database/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('Database', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
    await db.database.query('CREATE TABLE things (id bigint PRIMARY KEY, label text NOT NULL)');
  });
  afterAll(() => db.drop());

  it('returns 64-bit integers as BigInt', async () => {
    const [row] = await db.database.query<{ n: bigint }>('SELECT 9007199254740993::bigint AS n');
    expect(row?.n).toBe(9007199254740993n);
  });

  it('commits raw statements and TypeORM together, and calls the hooks afterwards', async () => {
    const seen: string[] = [];
    await db.database.transaction(async (tx) => {
      tx.afterCommit(() => seen.push('hook'));
      await tx.query({ name: 'test.insert', text: 'INSERT INTO things VALUES ($1, $2)' }, [1, 'raw']);
      await tx.manager.query('INSERT INTO things VALUES ($1, $2)', [2, 'orm']);
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['hook']);
    expect(await db.database.query('SELECT id FROM things ORDER BY id')).toEqual([{ id: 1n }, { id: 2n }]);
  });

  it('rolls back, and calls no hooks but those of a rollback, the last one first, when the work throws', async () => {
    const hooks: string[] = [];
    const work = db.database.transaction(async (tx) => {
      tx.afterCommit(() => hooks.push('committed'));
      tx.afterRollback(() => hooks.push('first'));
      tx.afterRollback(() => hooks.push('last'));
      await tx.query('INSERT INTO things VALUES (3, $1)', ['lost']);
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await db.database.query('SELECT 1 FROM things WHERE id = 3')).toEqual([]);
    expect(hooks).toEqual(['last', 'first']);
  });

  it('is an error when an error within was passed over, and calls no hook', async () => {
    let hooks = 0;
    const work = db.database.transaction(async (tx) => {
      tx.afterCommit(() => (hooks += 1));
      await tx.query('INSERT INTO things VALUES (4, $1)', ['lost']);
      await tx.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(work).rejects.toThrow('had failed before');
    expect(await db.database.query('SELECT 1 FROM things WHERE id = 4')).toEqual([]);
    expect(hooks).toBe(0);
  });

  it('runs statements sent together in their order, waits for all, then throws the first error', async () => {
    const order: string[] = [];
    const work = db.database.transaction((tx) =>
      together(
        tx.query('INSERT INTO things VALUES (5, $1)', ['first']),
        tx.query('INSERT INTO things VALUES (5, $1)', ['second']),
        tx.query('SELECT 1').catch(() => order.push('third was refused')),
      ),
    );
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(order).toEqual(['third was refused']);
    expect(await db.database.query('SELECT 1 FROM things WHERE id = 5')).toEqual([]);
  });

  it('takes nothing more when it is over', async () => {
    const tx = await db.database.transaction(async (open) => ({ late: () => open.query('SELECT 1') }));
    await expect(tx.late()).rejects.toThrow('is over');
  });
});

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

  it('rolls back and calls no hook when the work throws', async () => {
    let hooks = 0;
    const work = db.database.transaction(async (tx) => {
      tx.afterCommit(() => (hooks += 1));
      await tx.query('INSERT INTO things VALUES (3, $1)', ['lost']);
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await db.database.query('SELECT 1 FROM things WHERE id = 3')).toEqual([]);
    expect(hooks).toBe(0);
  });
});

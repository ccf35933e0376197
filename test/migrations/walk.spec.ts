import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { runMigrations } from '../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { describeSchema } from '../support/schema.js';

type Direction = 'up' | 'down';

async function step(runner: QueryRunner, migration: MigrationInterface, direction: Direction): Promise<void> {
  const inTransaction = migration.transaction !== false;
  if (inTransaction) await runner.startTransaction();
  await migration[direction](runner);
  if (inTransaction) await runner.commitTransaction();
}

describe('Migrations', () => {
  let stepwise: TestDatabase;
  let atOnce: TestDatabase;

  beforeAll(async () => {
    stepwise = await createTestDatabase({ empty: true });
    atOnce = await createTestDatabase({ empty: true });
  });
  afterAll(() => Promise.all([stepwise.drop(), atOnce.drop()]));

  it('go up, down and up again, each to the schema it came from', async () => {
    const runner = stepwise.dataSource.createQueryRunner();
    try {
      let before = await describeSchema(runner);
      for (const type of migrations) {
        const migration = Reflect.construct(type, []) as MigrationInterface;
        await step(runner, migration, 'up');
        const after = await describeSchema(runner);
        await step(runner, migration, 'down');
        expect({ migration: type.name, schema: await describeSchema(runner) }).toEqual({
          migration: type.name,
          schema: before,
        });
        // The second time up is compared at the end, with a schema that was made without the detours.
        await step(runner, migration, 'up');
        before = after;
      }
    } finally {
      await runner.release();
    }
  });

  it('go all the way down over each other, and make the same schema when run at once', async () => {
    const empty = await describeSchema(atOnce.database);
    await runMigrations(atOnce.url);
    expect(await describeSchema(atOnce.database)).toBe(await describeSchema(stepwise.database));
    for (let left = migrations.length; left > 0; left -= 1) await atOnce.dataSource.undoLastMigration();
    expect(await describeSchema(atOnce.database)).toBe(empty);
  });

  it('are listed in the order of their timestamps, each once', () => {
    const stamps = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]));
    expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b));
  });
});

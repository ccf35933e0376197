import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../../migrations/index.js';
import { requireSupported, runMigrations } from '../../../src/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const command = fileURLToPath(new URL('../../../src/entrypoints/migrate.js', import.meta.url));

class CreateThings1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE things (id int)');
    await runner.query('INSERT INTO things SELECT generate_series(1, 1000)');
    await runner.query('SELECT pg_sleep(0.2)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE things');
  }
}

class IndexThings1700000000002 implements MigrationInterface {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY things_id ON things (id)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX things_id');
  }
}

class BreakThings1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM things');
    await runner.query('SELECT 1 / 0');
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

describe('runMigrations', () => {
  let db: TestDatabase;

  beforeEach(async () => {
    db = await createTestDatabase({ empty: true, poolSize: 2 });
  });
  afterEach(() => db.drop());

  it('is safe when three processes start at once: each migration runs once, all end well', async () => {
    const runs = await Promise.all(
      [1, 2, 3].map(() => promisify(execFile)(process.execPath, [command], { env: { DATABASE_URL: db.url } })),
    );
    const ran = runs.flatMap(({ stdout }) => [...stdout.matchAll(/^Migrated: (\w+)$/gm)].map(([, name]) => name));
    expect(ran.sort()).toEqual(migrations.map(({ name }) => name).sort());
    expect(runs.every(({ stdout }) => stdout.includes('The schema is up to date'))).toBe(true);
  });

  it('lets an index be built concurrently while others wait for the lock', async () => {
    const list = [CreateThings1700000000001, IndexThings1700000000002];
    const waits: string[] = [];
    const done = await Promise.all(
      [1, 2, 3].map(() => runMigrations(db.url, { migrations: list, log: (message) => waits.push(message) })),
    );
    expect(done.flat()).toEqual(list.map(({ name }) => name));
    expect(waits.filter((message) => message.startsWith('Another process is migrating'))).toHaveLength(2);
  });

  it('has no time limit for statements, whatever the database says', async () => {
    await db.database.query(`ALTER DATABASE ${new URL(db.url).pathname.slice(1)} SET statement_timeout = '100ms'`);
    expect(await runMigrations(db.url, { migrations: [CreateThings1700000000001] })).toHaveLength(1);
  });

  it('rolls a failing migration back, keeps those before it, and can be tried again', async () => {
    const list = [CreateThings1700000000001, BreakThings1700000000003];
    await expect(runMigrations(db.url, { migrations: list })).rejects.toThrow('division by zero');
    expect(await db.database.query('SELECT count(*)::int AS n FROM things')).toEqual([{ n: 1000 }]);
    await expect(runMigrations(db.url, { migrations: list })).rejects.toThrow('division by zero');
  });

  it('tells when the schema is newer than the release', async () => {
    await runMigrations(db.url, { migrations: [CreateThings1700000000001, IndexThings1700000000002] });
    const told: string[] = [];
    await runMigrations(db.url, { migrations: [CreateThings1700000000001], log: (message) => told.push(message) });
    expect(told).toEqual([expect.stringContaining('IndexThings1700000000002')]);
  });
});

describe('requireSupported', () => {
  it('takes PostgreSQL 15 and newer, and names what it refuses', () => {
    expect(() => requireSupported(150_000, '15.0')).not.toThrow();
    expect(() => requireSupported(149_999, '14.99')).toThrow(
      'needs PostgreSQL 15 or newer; the server at DATABASE_URL is 14.99',
    );
  });
});

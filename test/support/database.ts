import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { Database } from '../../src/database/database.js';
import { databasePrefix, TEST_SERVER_KEY, type TestServer, withDatabase } from './server.js';

const GRACE_MS = 3_000;

export interface TestDatabaseOptions {
  entities?: Function[];
  /** Connections of the pool; 10 unless told. */
  poolSize?: number;
  /** Without any table, for tests of migrations. */
  empty?: boolean;
}

export interface TestDatabase {
  /** For code that connects by itself, such as an application under test. Close it before {@link drop}. */
  url: string;
  database: Database;
  dataSource: DataSource;
  /** Closes the pool and removes the database. Throws when anybody is still connected or holds a connection. */
  drop(): Promise<void>;
}

/**
 * A database of its own for one spec file, cloned from the migrated template, file by file: half the time of copying it through the log:
 * `beforeAll(async () => { db = await createTestDatabase(); }); afterAll(() => db.drop());`
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { entities = [], poolSize = 10, empty = false } = options;
  const server = testServer();
  const name = `${databasePrefix(server.runId)}${randomBytes(5).toString('hex')}`;
  await onServer(server, async (admin) => {
    await copyInKernel(admin);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : server.template} STRATEGY file_copy`);
  });
  const url = withDatabase(server.url, name);
  const dataSource = createDataSource({ url, poolSize, applicationName: 'kabinet spec', entities });
  await dataSource.initialize();
  const database = new Database(dataSource);
  return { url, database, dataSource, drop: () => closeAndDrop(server, name, database) };
}

/** A tenth of the time for hundreds of small files. PostgreSQL before 18, and some systems, cannot: they copy as they always did. */
async function copyInKernel(admin: pg.Client): Promise<void> {
  await admin.query(`SET file_copy_method = 'clone'`).catch(() => undefined);
}

async function closeAndDrop(server: TestServer, name: string, database: Database): Promise<void> {
  const { pool } = database;
  const held = (await settles(() => pool.totalCount - pool.idleCount === 0)) ? 0 : pool.totalCount - pool.idleCount;
  if (held === 0) await database.close();
  await onServer(server, async (admin) => {
    const leaked = held === 0 ? await connectionsThatStay(admin, name) : await connections(admin, name);
    await dropDatabase(admin, name);
    if (leaked.length > 0) {
      throw new Error(
        `Connections leaked (${held} still checked out of the spec's pool):\n${leaked.map((one) => `  ${one}`).join('\n')}`,
      );
    }
  });
}

/**
 * An autovacuum worker that happens to be in the database may not be ended by our role (42501); it leaves by itself soon.
 */
async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      return;
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === '42501';
      if (!busy || tries === 50) throw error;
      await sleep(200);
    }
  }
}

/** A closed socket is noticed by the server a moment later, so look more than once. */
async function connectionsThatStay(admin: pg.Client, name: string): Promise<string[]> {
  let found: string[] = [];
  await settles(async () => (found = await connections(admin, name)).length === 0);
  return found;
}

async function connections(admin: pg.Client, name: string): Promise<string[]> {
  const { rows } = await admin.query<{ application: string; state: string | null; statement: string }>(
    `SELECT application_name AS application, state, left(query, 200) AS statement
       FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rows.map(({ application, state, statement }) => `${application}, ${state}: ${statement}`);
}

async function settles(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + GRACE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

async function onServer<T>(server: TestServer, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server.url, application_name: 'kabinet spec set-up' });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function testServer(): TestServer {
  const given = process.env[TEST_SERVER_KEY];
  if (!given) throw new Error('No test server: run specs with "npm run jest", which starts it.');
  return JSON.parse(given) as TestServer;
}

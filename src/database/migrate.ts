import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { lockKey } from './advisory-locks.js';
import { createDataSource } from './data-source.js';

const OLDEST_MAJOR = 15;
const LOCK_POLL_MS = 100;
const LOCK_TIMEOUT_MS = 15 * 60_000;

export interface MigrationOptions {
  log?: (message: string) => void;
  /** Instead of the product's own list; for tests of the mechanism. */
  migrations?: Function[];
}

/**
 * Brings the schema up to date and returns the names of the migrations that this call ran. Any number of processes may call
 * it at once: one works, the others wait and find nothing left to do. A migration that fails is rolled back and thrown; those
 * before it stay.
 *
 * Throws when the server is older than PostgreSQL 15.
 */
export async function runMigrations(url: string, { log, migrations }: MigrationOptions = {}): Promise<string[]> {
  const keeper = new pg.Client({ connectionString: url, application_name: 'kabinet migrations lock' });
  let lost: Error | undefined;
  keeper.on('error', (error) => (lost = error));
  await keeper.connect();
  try {
    await checkServerVersion(keeper);
    await waitForLock(keeper, log);
    if (lost) throw lost;
    return await migrate(url, migrations, log);
  } finally {
    await keeper.end();
  }
}

async function checkServerVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: number; text: string }>(
    "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text",
  );
  for (const { number, text } of rows) requireSupported(number, text);
}

/** Refuses a server that lacks what the schema needs. `versionNumber` is PostgreSQL's own, such as 150004 for 15.4. */
export function requireSupported(versionNumber: number, version: string): void {
  if (versionNumber >= OLDEST_MAJOR * 10_000) return;
  throw new Error(`Kabinet needs PostgreSQL ${OLDEST_MAJOR} or newer; the server at DATABASE_URL is ${version}.`);
}

/**
 * Asks again and again instead of waiting inside PostgreSQL: a waiting statement holds a snapshot, and a migration that builds
 * an index concurrently waits for all snapshots to end; the two would wait for each other.
 */
async function waitForLock(keeper: pg.Client, log: MigrationOptions['log']): Promise<void> {
  const deadline = Date.now() + LOCK_TIMEOUT_MS;
  for (let told = false; ; told = true) {
    const { rows } = await keeper.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lockKey('migrations'),
    ]);
    if (rows[0]?.locked) return;
    if (!told) log?.('Another process is migrating the database; waiting for it');
    if (Date.now() > deadline) throw new Error('Another process has been migrating the database for 15 minutes.');
    await sleep(LOCK_POLL_MS);
  }
}

async function migrate(url: string, migrations: Function[] | undefined, log: MigrationOptions['log']) {
  const dataSource = createDataSource({
    url,
    poolSize: 2,
    applicationName: 'kabinet migrations',
    migrations,
    // Moving a large table takes as long as it takes. Only waiting for a lock is bounded: everybody queues up behind it.
    limits: { lockMs: 30_000, statementMs: 0, idleInTransactionMs: 0 },
  });
  await dataSource.initialize();
  try {
    await warnAboutUnknown(dataSource, log);
    const done = await dataSource.runMigrations();
    for (const { name } of done) log?.(`Migrated: ${name}`);
    return done.map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

/** An older release on a newer schema may run (a deployment in progress, a rollback), but its operator should know. */
async function warnAboutUnknown(dataSource: DataSource, log: MigrationOptions['log']): Promise<void> {
  const [found] = await dataSource.query<{ there: boolean }[]>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS there",
  );
  if (!found?.there) return;
  const known = new Set(dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const applied = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migrations ORDER BY id');
  const unknown = applied.filter(({ name }) => !known.has(name));
  if (unknown.length > 0) {
    log?.(`The schema is newer than this release; unknown migrations: ${unknown.map(({ name }) => name).join(', ')}`);
  }
}

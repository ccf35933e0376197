import { createHash, randomInt } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { lockKey } from '../../src/database/advisory-locks.js';
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded.js';
import { runMigrations } from '../../src/database/migrate.js';

/** What spec files must know; handed over in the environment variable {@link TEST_SERVER_KEY}. */
export interface TestServer {
  url: string;
  template: string;
  runId: number;
}

export const TEST_SERVER_KEY = 'KABINET_TEST_SERVER';

/** A database of one run is named `kt_<run>_<random>`; the run holds an advisory lock for as long as it lives. */
export const databasePrefix = (runId: number) => `kt_${runId}_`;

const KEPT_TEMPLATES = 3;
/** Runs compiled, as `dist/test/support/server.js`. */
const dist = fileURLToPath(new URL('../..', import.meta.url));
const root = join(dist, '..');

/** Data of tests may be lost with the machine, so nothing is forced to disk. */
const testSettings = { fsync: 'off', full_page_writes: 'off', autovacuum_naptime: '60s', shared_buffers: '128MB' };

/**
 * For Jest's global set-up: starts or joins the server under `.data/pgtest` (or takes TEST_DATABASE_URL, whose role must be
 * allowed to create databases), sweeps up after runs that were killed, and makes the template that spec files clone.
 */
export async function startTestServer(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  const embedded: EmbeddedPostgres | undefined = given
    ? undefined
    : await startEmbedded({
        dataDir: join(root, '.data', 'pgtest'),
        port: 0,
        log: () => undefined,
        settings: testSettings,
      });
  const url = given ?? embedded!.url;
  const admin = new pg.Client({ connectionString: url, application_name: 'kabinet test run' });
  admin.on('error', () => undefined);
  const runId = randomInt(1, 2 ** 31);
  const stop = async () => {
    const left = await dropDatabases(admin, databasePrefix(runId));
    await admin.end();
    await embedded?.release();
    if (left.length > 0)
      throw new Error(`Spec files left their databases behind (drop() not called): ${left.join(', ')}`);
  };
  try {
    await admin.connect();
    await admin.query('SELECT pg_advisory_lock($1)', [lockKey('test-run', String(runId))]);
    await sweep(admin);
    if (embedded) await provePasswordsQuickly(admin, url);
    return { server: { url, template: await prepareTemplate(admin, url), runId }, stop };
  } catch (error) {
    await admin.end().catch(() => undefined);
    await embedded?.release();
    throw error;
  }
}

/** Thousands of connections are made, and each proves the password with as many rounds as it was stored with: a quarter of what it costs. */
async function provePasswordsQuickly(admin: pg.Client, url: string): Promise<void> {
  const password = pg.escapeLiteral(decodeURIComponent(new URL(url).password));
  await admin.query('SET scram_iterations = 1');
  await admin.query(`ALTER ROLE CURRENT_USER PASSWORD ${password}`);
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.toString();
}

/** Migrated once per set of compiled migrations; later runs find it by its name. */
async function prepareTemplate(admin: pg.Client, url: string): Promise<string> {
  const name = `kabinet_template_${await hashOfMigrations()}`;
  await admin.query('SELECT pg_advisory_lock($1)', [lockKey('test-run', 'template')]);
  try {
    if (!(await databases(admin, name)).includes(name)) {
      const draft = `${name}_draft`;
      await drop(admin, draft);
      await admin.query(`CREATE DATABASE ${draft} TEMPLATE template0`);
      await runMigrations(withDatabase(url, draft));
      await admin.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    }
    for (const old of (await databases(admin, 'kabinet_template_'))
      .filter((other) => other !== name)
      .slice(KEPT_TEMPLATES)) {
      await drop(admin, old);
    }
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [lockKey('test-run', 'template')]);
  }
  return name;
}

async function hashOfMigrations(): Promise<string> {
  const compiled = join(dist, 'migrations');
  const files = (await readdir(compiled)).filter((file) => file.endsWith('.js')).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(compiled, file)));
  await checkFresh(compiled);
  return hash.digest('hex').slice(0, 16);
}

/** The template is made from compiled migrations: with old ones every spec would fail for a reason that nobody sees. */
async function checkFresh(compiled: string): Promise<void> {
  const sources = (await readdir(join(root, 'migrations'))).filter((file) => file.endsWith('.ts'));
  for (const file of sources) {
    const source = await stat(join(root, 'migrations', file));
    const built = await stat(join(compiled, file.replace(/\.ts$/, '.js'))).catch(() => null);
    if (!built || built.mtimeMs < source.mtimeMs) {
      throw new Error(`migrations/${file} is newer than its compiled form: run "npm run build" before the tests.`);
    }
  }
}

/** Removes the databases of runs that died. */
async function sweep(admin: pg.Client): Promise<void> {
  const runs = new Set((await databases(admin, 'kt_')).map((name) => name.split('_')[1] ?? ''));
  for (const run of runs) {
    const key = lockKey('test-run', run);
    const { rows } = await admin.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [key]);
    if (!rows[0]?.locked) continue;
    await dropDatabases(admin, `kt_${run}_`);
    await admin.query('SELECT pg_advisory_unlock($1)', [key]);
  }
}

async function dropDatabases(admin: pg.Client, prefix: string): Promise<string[]> {
  const names = await databases(admin, prefix);
  for (const name of names) await drop(admin, name);
  return names;
}

async function drop(admin: pg.Client, name: string): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
}

/** Newest first. */
async function databases(admin: pg.Client, prefix: string): Promise<string[]> {
  const { rows } = await admin.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1) ORDER BY oid DESC',
    [prefix],
  );
  return rows.map(({ datname }) => datname);
}

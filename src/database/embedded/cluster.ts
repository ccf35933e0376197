import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { appendFile, chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, findBinaries } from './binaries.js';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.error.js';
import { checkReachable, chooseServerAccount, type ServerAccount } from './server-account.js';
import { renderSettings } from './settings.js';

export const SUPERUSER = 'postgres';

/**
 * The folder of one embedded server:
 * `data/` PostgreSQL's own · `lock/` who starts or stops it · `password` · `port` · `start.log` · `init-*` unfinished data.
 */
export interface Cluster {
  folder: string;
  dataFolder: string;
  binaries: Binaries;
  account: ServerAccount | undefined;
}

/** Finds the programs and the folder, and refuses early what could not work later. Creates nothing but the folder. */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const wanted = resolve(dataDir);
  const created = await mkdir(wanted, { recursive: true }).catch((error: unknown) => {
    throw new EmbeddedPostgresError(
      `The folder ${wanted} for the embedded PostgreSQL cannot be created (${systemErrorCode(error)}). ` +
        'Set DATA_DIR to a folder that can be written, or DATABASE_URL.',
      { cause: error },
    );
  });
  const folder = await realpath(wanted);
  if (created && process.getuid?.() === 0) await openForServer(resolve(created), wanted);
  const dataFolder = join(folder, 'data');
  const binaries = await findBinaries();
  const account = await chooseServerAccount(dataFolder);
  await checkReachable(folder, account);
  await checkReachable(binaries.postgres, account);
  return { folder, dataFolder, binaries, account };
}

/** What is told about a start while it goes on. */
export interface StartNews {
  /** What an operator wants to read: first start, recovery, restart. */
  log: (message: string) => void;
  /** From now on others are at work, and this process only waits. May be told more than once. */
  begun: () => void;
}

/** Makes the data folder when there is none. Call under the folder lock. */
export async function initialise(cluster: Cluster, { log, begun }: StartNews): Promise<void> {
  await removeUnfinished(cluster);
  const version = await versionOfData(cluster);
  if (version === undefined) {
    log(`Creating the embedded PostgreSQL ${cluster.binaries.major} in ${cluster.folder}`);
    await createData(cluster, begun);
  } else if (version !== cluster.binaries.major) {
    throw new EmbeddedPostgresError(
      `${cluster.dataFolder} was made by PostgreSQL ${version}, this is ${cluster.binaries.major}. ` +
        'Dump it with the old release of Kabinet and load it into the new one.',
    );
  }
}

/** The password of both roles, made on first use. Only the user who runs Kabinet can read it. */
export async function readPassword(cluster: Cluster): Promise<string> {
  const path = join(cluster.folder, 'password');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  if ((await versionOfData(cluster)) !== undefined) {
    throw new EmbeddedPostgresError(
      `${path} is missing: without it nobody can sign in to the data in ${cluster.folder}.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, password, { mode: 0o600 });
  await rename(draft, path);
  return password;
}

/** Writes our settings where the server reads them at its next start. */
export async function writeSettings(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<void> {
  const path = join(cluster.dataFolder, 'kabinet.conf');
  await writeFile(path, renderSettings(settings), { mode: 0o600 });
  await giveToServer(cluster, path);
}

/**
 * Whatever the umask is: the server may have to pass through the new folders as another user. Its data is closed by a mode of
 * its own.
 */
async function openForServer(topmost: string, folder: string): Promise<void> {
  for (let path = folder; path.startsWith(topmost); path = dirname(path)) await chmod(path, 0o755);
}

async function versionOfData(cluster: Cluster): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster.dataFolder, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * initdb works aside and the finished folder is renamed into place: a kill in between leaves rubbish, never half a database.
 */
async function createData(cluster: Cluster, begun: () => void): Promise<void> {
  const aside = join(cluster.folder, `init-${randomUUID()}`);
  const passwordFile = `${aside}.password`;
  await mkdir(aside, { mode: 0o700 });
  await writeFile(passwordFile, await readPassword(cluster), { mode: 0o600 });
  await giveToServer(cluster, aside);
  await giveToServer(cluster, passwordFile);
  // Unicode case rules and code point order, the same on every machine and after every system upgrade.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [
    '--username',
    SUPERUSER,
    '--pwfile',
    passwordFile,
    '--auth-host=scram-sha-256',
    '--auth-local=reject',
  ];
  const options = ['--pgdata', aside, ...access, ...locale];
  try {
    const made = promisify(execFile)(cluster.binaries.initdb, options, asServer(cluster));
    begun();
    await made;
    await appendFile(join(aside, 'postgresql.conf'), "\ninclude_if_exists = 'kabinet.conf'\n");
    await rename(aside, cluster.dataFolder);
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim() || String(error);
    // The program is there (we resolved it), so what the system did not find is its loader.
    const hint = systemErrorCode(error) === 'ENOENT' ? ' These programs need glibc; elsewhere set DATABASE_URL.' : '';
    throw new EmbeddedPostgresError(`initdb failed in ${cluster.folder}: ${said}${hint}`, { cause: error });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(aside, { recursive: true, force: true });
  }
}

/** What a killed process left. Its initdb may still be writing for a moment; then the next start removes the rest. */
async function removeUnfinished(cluster: Cluster): Promise<void> {
  const unfinished = (await readdir(cluster.folder)).filter((name) => name.startsWith('init-'));
  for (const name of unfinished) {
    await rm(join(cluster.folder, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
  }
}

async function giveToServer({ account }: Cluster, path: string): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}

/** Spawn options for the server's programs: its user, a folder it may enter, and nothing of our environment. */
export function asServer({ folder, account }: Cluster) {
  return {
    cwd: folder,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', LANG: 'C' },
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  };
}

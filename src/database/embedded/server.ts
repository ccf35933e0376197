import { spawn } from 'node:child_process';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asServer, type Cluster, type StartNews, writeSettings } from './cluster.js';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.error.js';
import { isServerOf } from './processes.js';

const POLL_MS = 20;
const START_TIMEOUT_MS = 5 * 60_000;
const STOP_TIMEOUT_MS = 30_000;
const START_ATTEMPTS = 20;

export interface RunningServer {
  pid: number;
  port: number;
}

/** What PostgreSQL's own `postmaster.pid` says. The process that it names may be long gone, or be somebody else. */
interface PidFile extends RunningServer {
  ready: boolean;
}

export interface StartOptions extends StartNews {
  /** 0: the port used last time if it is free, else any. */
  port: number;
  settings: Readonly<Record<string, string>>;
}

/**
 * The server of this data folder, started if it does not run, answering on its port. Joins what a killed process left
 * running, waits out a recovery or a stop in progress. Call under the folder lock.
 */
export async function ensureRunning(cluster: Cluster, options: StartOptions): Promise<RunningServer> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failures = 0;
  while (Date.now() < deadline) {
    const noted = await readPidFile(cluster);
    const alive = noted && isServerOf(noted.pid, cluster.dataFolder);
    if (alive && noted.ready) return noted;
    if (alive) {
      await sleep(POLL_MS);
      continue;
    }
    const failure = await start(cluster, options, noted?.pid, deadline);
    if (!failure) continue;
    failures += 1;
    if (!failure.again || failures >= START_ATTEMPTS) throw new EmbeddedPostgresError(failure.message);
    await sleep(250);
  }
  throw new EmbeddedPostgresError(`The embedded PostgreSQL in ${cluster.folder} was not ready within five minutes.`);
}

/** Ends the sessions that are left, writes everything out and waits until the server is gone. */
export async function stop(cluster: Cluster): Promise<void> {
  const noted = await readPidFile(cluster);
  if (!noted || !isServerOf(noted.pid, cluster.dataFolder)) return;
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    signalServer(noted.pid, signal);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (!isServerOf(noted.pid, cluster.dataFolder)) return;
      await sleep(POLL_MS);
    }
  }
  throw new EmbeddedPostgresError(`The embedded PostgreSQL (pid ${noted.pid}) does not stop.`);
}

/**
 * One try. Returns undefined when the server got ready or is somebody else's business by now, otherwise what went wrong and
 * whether it may pass.
 */
async function start(
  cluster: Cluster,
  { port: wanted, settings, log, begun }: StartOptions,
  stalePid: number | undefined,
  deadline: number,
): Promise<{ message: string; again: boolean } | undefined> {
  const port = await choosePort(cluster, wanted);
  await writeSettings(cluster, settings);
  if (stalePid !== undefined) log('The embedded PostgreSQL was not stopped properly last time: it recovers now');
  const exit = await launch(cluster, port, stalePid);
  begun();
  while (Date.now() < deadline) {
    const noted = await readPidFile(cluster);
    if (noted?.ready && isServerOf(noted.pid, cluster.dataFolder)) {
      await rememberPort(cluster, noted.port);
      return undefined;
    }
    if (exit.code !== undefined) return explain(cluster, port, wanted);
    await sleep(POLL_MS);
  }
  return { message: 'The embedded PostgreSQL takes too long to start.', again: false };
}

/**
 * Starts the server in a session of its own, so that it outlives us and hears no Ctrl-C of ours.
 *
 * PostgreSQL keeps a pid file and refuses to start while that pid lives, even when it was recycled by another program. A pid
 * that is the server's parent or grandparent it takes for stale, which is what PG_GRANDPARENT_PID is for; so we name the
 * stranger there, and leave the replacement of the file to PostgreSQL's own interlock.
 */
async function launch(
  cluster: Cluster,
  port: number,
  stalePid: number | undefined,
): Promise<{ code?: number | string }> {
  // Not overwritten but replaced: the old one may belong to another user (root came by once).
  await rm(startLog(cluster), { force: true });
  const output = await open(startLog(cluster), 'w', 0o600);
  const options = asServer(cluster);
  const exit: { code?: number | string } = {};
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.dataFolder, '-p', String(port)], {
    ...options,
    env: { ...options.env, ...(stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }) },
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  child.once('error', (error) => {
    exit.code = systemErrorCode(error) ?? error.message;
  });
  child.once('exit', (code, signal) => {
    exit.code = code ?? signal ?? 'unknown';
  });
  child.unref();
  await output.close();
  return exit;
}

async function explain(cluster: Cluster, port: number, wanted: number): Promise<{ message: string; again: boolean }> {
  const said = (await readFile(startLog(cluster), 'utf8').catch(() => '')).trim();
  // Another server was quicker, or backends of a killed one have not noticed its end yet.
  if (/lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(said)) {
    return { message: `The data in ${cluster.folder} is still in use by another server.\n${said}`, again: true };
  }
  if (/could not bind/.test(said)) return { message: portTaken(port), again: wanted === 0 };
  return { message: `The embedded PostgreSQL in ${cluster.folder} did not start.\n${said}`, again: false };
}

async function choosePort(cluster: Cluster, wanted: number): Promise<number> {
  if (wanted !== 0) {
    if (await freePort(wanted)) return wanted;
    throw new EmbeddedPostgresError(portTaken(wanted));
  }
  const remembered = Number(await readFile(join(cluster.folder, 'port'), 'utf8').catch(() => ''));
  if (remembered > 0 && (await freePort(remembered))) return remembered;
  const any = await freePort(0);
  if (any) return any;
  throw new EmbeddedPostgresError('There is no free port on 127.0.0.1 for the embedded PostgreSQL.');
}

async function rememberPort(cluster: Cluster, port: number): Promise<void> {
  const path = join(cluster.folder, 'port');
  await writeFile(`${path}.draft`, String(port));
  await rename(`${path}.draft`, path);
}

function portTaken(port: number): string {
  return (
    `Port ${port} on 127.0.0.1 cannot be used for the embedded PostgreSQL: another program has it, or the system does ` +
    'not allow it. Set EMBEDDED_PG_PORT to another port (0 picks a free one), or DATABASE_URL.'
  );
}

/** The port that can be listened on, or undefined. */
function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined));
    });
  });
}

async function readPidFile(cluster: Cluster): Promise<PidFile | undefined> {
  try {
    const lines = (await readFile(join(cluster.dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Math.abs(Number(lines[0]));
    return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function signalServer(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error;
  }
}

function startLog(cluster: Cluster): string {
  return join(cluster.folder, 'start.log');
}

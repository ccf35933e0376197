import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Env } from '../config/env.js';
import { startEmbedded } from './embedded.js';

const REACH_TIMEOUT_MS = 30_000;
const REACH_POLL_MS = 500;
/** Refused, not resolved yet, starting up: what a server that starts beside us answers at first. */
const NOT_YET = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', '57P03']);

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export type ServerEnv = Pick<Env, 'DATABASE_URL' | 'DATA_DIR' | 'EMBEDDED_PG_PORT'>;

export interface OpenServer {
  url: string;
  /** Call after the last statement. Safe to call twice. */
  release(): Promise<void>;
}

/** The PostgreSQL that the environment names, or else our own, started or joined. `begun` is told once it is only to be waited for. */
export async function openServer(
  env: ServerEnv,
  log: (message: string) => void,
  begun: () => void = () => undefined,
): Promise<OpenServer> {
  if (env.DATABASE_URL) {
    begun();
    await reach(env.DATABASE_URL, log);
    return { url: env.DATABASE_URL, release: () => Promise.resolve() };
  }
  return startEmbedded({ dataDir: join(env.DATA_DIR, 'postgres'), port: env.EMBEDDED_PG_PORT, log, begun });
}

/**
 * A server that starts while the process is still loading what it is made of: that keeps this process busy, and starting a server keeps
 * others. What it says meanwhile is told to whoever takes it.
 */
export class ServerAhead {
  /** Resolves when there is only to wait for others, also when it failed: {@link take} tells. */
  readonly begun: Promise<void>;
  private readonly opening: Promise<OpenServer>;
  private readonly untold: string[] = [];
  private tell = (message: string): void => void this.untold.push(message);
  /** A process that is told to end while it loads leaves no server behind. */
  private readonly end = (signal: NodeJS.Signals): void =>
    void this.release().finally(() => process.exit(128 + constants.signals[signal]));

  constructor(env: ServerEnv) {
    let opening!: Promise<OpenServer>;
    this.begun = new Promise((resolve) => {
      opening = openServer(env, (message) => this.tell(message), resolve);
      opening.catch(() => resolve());
    });
    this.opening = opening;
    // A server that is not ours is left as it is: nothing to wait for.
    if (!env.DATABASE_URL) for (const signal of SIGNALS) process.once(signal, this.end);
  }

  /** Rejects as {@link openServer} does. */
  take(log: (message: string) => void): Promise<OpenServer> {
    for (const message of this.untold.splice(0)) log(message);
    this.tell = log;
    return this.opening;
  }

  /** From now on somebody else answers signals: call it when the shutdown hooks are installed. */
  handOver(): void {
    for (const signal of SIGNALS) process.off(signal, this.end);
  }

  /** For a process that fails: also when somebody took it. Never rejects. */
  async release(): Promise<void> {
    await this.opening.then((server) => server.release()).catch(() => undefined);
  }
}

/** Waits a while for a server that is still starting, as beside us in one compose file. Never shows the password. */
async function reach(url: string, log: (message: string) => void): Promise<void> {
  const { host } = new URL(url);
  const deadline = Date.now() + REACH_TIMEOUT_MS;
  for (let told = false; ; told = true) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      const { code = '', message } = error as { code?: string; message: string };
      if (!NOT_YET.has(code) || Date.now() > deadline) {
        throw new Error(`PostgreSQL at ${host} (DATABASE_URL) cannot be used: ${message || code}`, { cause: error });
      }
      if (!told)
        log(`PostgreSQL at ${host} does not answer yet (${code}); waiting up to ${REACH_TIMEOUT_MS / 1_000} s`);
      await sleep(REACH_POLL_MS);
    }
  }
}

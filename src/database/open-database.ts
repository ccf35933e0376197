import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Env } from '../config/env.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { startEmbedded } from './embedded.js';
import { runMigrations } from './migrate.js';

const REACH_TIMEOUT_MS = 30_000;
const REACH_POLL_MS = 500;
/** Refused, not resolved yet, starting up: what a server that starts beside us answers at first. */
const NOT_YET = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', '57P03']);

export type DatabaseEnv = Pick<Env, 'DATABASE_URL' | 'DATABASE_POOL_SIZE' | 'DATA_DIR' | 'EMBEDDED_PG_PORT'>;

export interface OpenServer {
  url: string;
  /** Call after the last statement. */
  release(): Promise<void>;
}

export interface OpenDatabaseOptions {
  env: DatabaseEnv;
  entities: Function[];
  /** Shown in pg_stat_activity. */
  applicationName: string;
  log: (message: string) => void;
}

export interface OpenedDatabase {
  url: string;
  database: Database;
  /** Closes the pool, then lets go of the server: nothing may be in flight any more. Safe to call twice. */
  close(): Promise<void>;
}

/** The PostgreSQL that the environment names, or else our own, started or joined. */
export async function openServer(env: DatabaseEnv, log: (message: string) => void): Promise<OpenServer> {
  if (env.DATABASE_URL) {
    await reach(env.DATABASE_URL, log);
    return { url: env.DATABASE_URL, release: () => Promise.resolve() };
  }
  return startEmbedded({ dataDir: join(env.DATA_DIR, 'postgres'), port: env.EMBEDDED_PG_PORT, log });
}

/** A server with an up-to-date schema and a pool of connections to it: what every entry point starts with. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const { env, entities, applicationName, log } = options;
  const server = await openServer(env, log);
  try {
    const { url } = server;
    await runMigrations(url, { log });
    const dataSource = createDataSource({ url, poolSize: env.DATABASE_POOL_SIZE, applicationName, entities });
    const database = new Database(await dataSource.initialize());
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= closeBoth(database, server));
    return { url, database, close };
  } catch (error) {
    await server.release();
    throw error;
  }
}

async function closeBoth(database: Database, server: OpenServer): Promise<void> {
  try {
    await database.close();
  } finally {
    await server.release();
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

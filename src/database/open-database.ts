import type { Env } from '../config/env.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';
import { runMigrations } from './migrate.js';
import { type OpenServer, openServer, type ServerAhead, type ServerEnv } from './open-server.js';

export type DatabaseEnv = ServerEnv & Pick<Env, 'DATABASE_POOL_SIZE'>;

export interface OpenDatabaseOptions {
  env: DatabaseEnv;
  entities: Function[];
  /** Shown in pg_stat_activity. */
  applicationName: string;
  log: (message: string) => void;
  /** What was begun before; else the server is opened now. */
  ahead?: ServerAhead;
}

export interface OpenedDatabase {
  url: string;
  database: Database;
  /** Closes the pool, then lets go of the server: nothing may be in flight any more. Safe to call twice. */
  close(): Promise<void>;
}

/** A server with an up-to-date schema and a pool of connections to it: what every entry point starts with. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const { env, entities, applicationName, log, ahead } = options;
  const server = await (ahead ? ahead.take(log) : openServer(env, log));
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

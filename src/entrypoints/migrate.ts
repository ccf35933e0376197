import { readEnv } from '../config/env.js';
import { runMigrations } from '../database/migrate.js';
import { openServer } from '../database/open-server.js';

/** Brings the schema up to date and ends: for deployments that migrate before they start new processes. */
const log = (message: string) => console.log(message);
try {
  const server = await openServer(readEnv(), log);
  try {
    const done = await runMigrations(server.url, { log });
    log(
      done.length > 0 ? `The schema is up to date: ${done.length} migrations were run.` : 'The schema is up to date.',
    );
  } finally {
    await server.release();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

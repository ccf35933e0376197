import pg from 'pg';
import { readEnv } from '../config/env.js';
import { createDataSource } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { openServer } from '../database/open-server.js';
import { runAudit, type Violation } from '../modules/audit/index.js';

/**
 * `npm run audit`: recomputes the invariants from the rows, and changes nothing, not even the schema. One JSON line per
 * violation on standard output. Exit code 0: none; 1: some; 2: the audit itself could not run.
 */
const UNDEFINED_TABLE = '42P01';
const tell = (message: string) => console.error(message);

async function audit(): Promise<Violation[]> {
  const server = await openServer(readEnv(), tell);
  try {
    const options = { url: server.url, poolSize: 1, applicationName: 'kabinet audit' };
    const database = new Database(await createDataSource(options).initialize());
    try {
      return await runAudit(database);
    } finally {
      await database.close();
    }
  } finally {
    await server.release();
  }
}

try {
  const violations = await audit();
  for (const violation of violations) console.log(JSON.stringify(violation));
  tell(violations.length === 0 ? 'No violation was found.' : `Violations: ${violations.length}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
} catch (error) {
  if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE)
    tell(
      'There is nothing to audit: this database has no tables of ours yet. npm run migrate makes them, and so does a start.',
    );
  else tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}

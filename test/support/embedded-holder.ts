import { once } from 'node:events';
import { writeSync } from 'node:fs';
import pg from 'pg';
import { startEmbedded } from '../../src/database/embedded.js';

/**
 * A process that uses the embedded server until its standard input ends or it gets a signal; for the specs that kill it.
 * Arguments: folder, port. Says one JSON object per line. Before it lets go it writes one more row, as work in flight would.
 */
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);
const [dataDir = '', port = '0'] = process.argv.slice(2);

try {
  const server = await startEmbedded({ dataDir, port: Number(port), log: (message) => say({ log: message }) });
  try {
    const told = Promise.race([once(process.stdin.resume(), 'end'), once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    say({ url: server.url });
    await told;
    await bidFarewell(server.url);
  } finally {
    await server.release();
    process.stdin.destroy();
  }
} catch (error) {
  say({ error: (error as Error).message });
  process.exitCode = 1;
}

async function bidFarewell(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    // IF NOT EXISTS does not help two who create at the same time.
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query('CREATE TABLE IF NOT EXISTS farewells (pid int)');
    await client.query('INSERT INTO farewells VALUES ($1)', [process.pid]);
  } finally {
    await client.end();
  }
}

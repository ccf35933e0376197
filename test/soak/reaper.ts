import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from '../../src/database/embedded/processes.js';

/** What the reaper is told: somebody new to end, or that all have been ended in order. */
export type Watched = { pid: number } | { done: true };

/**
 * Outlives a soak that was killed, and ends what it left behind: the processes that it was told of, and the PostgreSQL of the folder
 * in its first argument. A pid counts only together with the start of its process, so a stranger with a recycled one is safe.
 */
const [dataDir = ''] = process.argv.slice(2);
const identities = new Map<number, string>();
let done = false;

process.on('SIGINT', () => undefined);
process.on('message', (message: Watched) => {
  if ('done' in message) done = true;
  else identities.set(message.pid, processIdentity(message.pid) ?? '');
});
process.on('disconnect', () => {
  if (!done) endAll();
  process.exit(0);
});

function endAll(): void {
  for (const [pid, identity] of identities)
    if (identity && processIdentity(pid) === identity) process.kill(pid, 'SIGKILL');
  const postmaster = Number(read(join(dataDir, 'postgres/data/postmaster.pid')).split('\n')[0]);
  if (postmaster > 0 && processIdentity(postmaster)) process.kill(postmaster, 'SIGINT');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

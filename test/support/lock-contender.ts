import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withFolderLock } from '../../src/database/embedded/folder-lock.js';
import { processIdentity } from '../../src/database/embedded/processes.js';

/**
 * Takes the lock again and again and shows whenever it is not alone under it; for the spec of the lock. Arguments: folder, how
 * often, and in which round to die with the lock in hand (0: never).
 */
const [folder = '', rounds = '', dieIn = ''] = process.argv.slice(2);
const flag = join(folder, 'under-lock');

for (let round = 1; round <= Number(rounds); round += 1) {
  await withFolderLock(join(folder, 'lock'), 30_000, async () => {
    const other = read();
    if (other !== null && processIdentity(other) !== undefined)
      appendFileSync(join(folder, 'collisions'), `${process.pid} met ${other}\n`);
    writeFileSync(flag, String(process.pid));
    await sleep(1);
    if (round === Number(dieIn)) process.kill(process.pid, 'SIGKILL');
    appendFileSync(join(folder, 'rounds'), '.');
    rmSync(flag);
  });
}

function read(): number | null {
  try {
    return Number(readFileSync(flag, 'utf8'));
  } catch {
    return null;
  }
}

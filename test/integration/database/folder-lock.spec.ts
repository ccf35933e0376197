import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFolderLock } from '../../../src/database/embedded/folder-lock.js';

const contender = fileURLToPath(new URL('../../support/lock-contender.js', import.meta.url));

describe('The folder lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kabinet-lock-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one process in at a time, also while others die holding it', async () => {
    const rounds = 15;
    const deaths = [0, 0, 4, 9];
    const ends = deaths.map((dieIn) => {
      const child = spawn(process.execPath, [contender, folder, String(rounds), String(dieIn)], { stdio: 'inherit' });
      return once(child, 'exit') as Promise<[number | null, string | null]>;
    });
    const exits = await Promise.all(ends);
    expect(exits.map(([code, signal]) => signal ?? code)).toEqual([0, 0, 'SIGKILL', 'SIGKILL']);
    expect(existsSync(join(folder, 'collisions'))).toBe(false);
    expect(readFileSync(join(folder, 'rounds'), 'utf8')).toHaveLength(15 + 15 + 3 + 8);
  });

  it('is free again when the work throws, and leaves one file', async () => {
    const lock = join(folder, 'throwing');
    await expect(withFolderLock(lock, 1_000, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
    expect(await withFolderLock(lock, 1_000, () => Promise.resolve('in'))).toBe('in');
    expect(readdirSync(lock)).toEqual(['2']);
  });

  it('names the process that holds it when it gives up', async () => {
    const lock = join(folder, 'held');
    await withFolderLock(lock, 1_000, async () => {
      await expect(withFolderLock(lock, 50, () => Promise.resolve())).rejects.toThrow(`(pid ${process.pid})`);
    });
  });
});

import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, systemErrorCode } from './embedded-postgres.error.js';
import { processIdentity } from './processes.js';

const POLL_MS = 25;

/** Who holds the lock; null when it is free. */
type Owner = { pid: number; identity: string } | null;

/**
 * Runs `work` while no other process on this machine does so for the same `folder`. A holder that was killed does not
 * block anybody.
 *
 * Node has no flock(2), and "delete the stale lock file, then create mine" lets two breakers in: the slower one deletes the
 * lock of the faster. So nothing is deleted to take the lock. It is a chain of numbered files of which the highest counts;
 * whoever finds it free, or its owner dead, creates the next number with link(2), which only one process can. Numbers never
 * go back: a holder removes only the files below its own.
 */
export async function withFolderLock<T>(folder: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const mine = await acquire(folder, Date.now() + timeoutMs);
  try {
    return await work();
  } finally {
    await release(folder, mine);
  }
}

async function acquire(folder: string, deadline: number): Promise<number> {
  const identity = processIdentity(process.pid);
  if (!identity) throw new EmbeddedPostgresError('This system does not tell when a process was started.');
  const draft = await writeDraft(folder, { pid: process.pid, identity });
  try {
    for (;;) {
      const latest = await latestNumber(folder);
      const owner = latest === 0 ? null : await ownerOf(folder, latest);
      if (owner !== undefined && !isHeld(owner)) {
        if (await take(folder, draft, latest + 1)) return latest + 1;
      } else if (Date.now() > deadline) {
        throw new EmbeddedPostgresError(
          `Another process${owner ? ` (pid ${owner.pid})` : ''} is still starting or stopping the embedded PostgreSQL. ` +
            `Stop it, or remove ${folder} when you are sure that none runs.`,
        );
      }
      await sleep(POLL_MS);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Creates file `number`; false when somebody else has it, or when the chain went on meanwhile. */
async function take(folder: string, draft: string, number: number): Promise<boolean> {
  try {
    await link(draft, join(folder, String(number)));
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  if ((await latestNumber(folder)) > number) {
    await rm(join(folder, String(number)), { force: true });
    return false;
  }
  await removePassed(folder, number);
  return true;
}

/** What is below our number, and the drafts of processes that died waiting. */
async function removePassed(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const writer = /^draft-(\d+)-/.exec(name)?.[1];
    const passed = writer ? processIdentity(Number(writer)) === undefined : Number(name) < number;
    if (passed) await rm(join(folder, name), { force: true });
  }
}

/** Rename replaces in one step: the file is never seen half written. */
async function release(folder: string, number: number): Promise<void> {
  await rename(await writeDraft(folder, null), join(folder, String(number)));
}

async function writeDraft(folder: string, owner: Owner): Promise<string> {
  const path = join(folder, `draft-${process.pid}-${randomUUID()}`);
  await writeFile(path, JSON.stringify(owner));
  return path;
}

async function numbers(folder: string): Promise<number[]> {
  return (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function latestNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await numbers(folder)));
}

/** Undefined when the file is gone: the chain went on, look again. */
async function ownerOf(folder: string, number: number): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, String(number)), 'utf8')) as Owner;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    // After a power cut the file may be empty. Whoever wrote it did not survive that either.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isHeld(owner: Owner): boolean {
  return owner !== null && processIdentity(owner.pid) === owner.identity;
}

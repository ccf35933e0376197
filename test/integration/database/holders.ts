import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { processIdentity } from '../../../src/database/embedded/processes.js';

const program = fileURLToPath(new URL('../../support/embedded-holder.js', import.meta.url));

interface Line {
  url?: string;
  log?: string;
  error?: string;
}

/** A process of its own that holds the embedded server of a folder. */
export class Holder {
  readonly lines: Line[] = [];
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcess;
  private closed = false;

  constructor(folder: string, { port = 0, uid, gid }: { port?: number; uid?: number; gid?: number } = {}) {
    this.child = spawn(process.execPath, [program, folder, String(port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // A process group of its own, so that a test can press Ctrl-C in it.
      detached: true,
      ...(uid === undefined ? {} : { uid, gid }),
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as Line));
    this.exit = new Promise((resolve) => {
      this.child.once('close', (code) => {
        this.closed = true;
        resolve(code);
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The address, once the server answers; throws what the process threw. */
  async url(): Promise<string> {
    await eventually(() => this.closed || this.lines.some(({ url, error }) => url ?? error));
    const url = this.lines.find((line) => line.url)?.url;
    if (!url) throw new Error(this.lines.find((line) => line.error)?.error ?? 'The holder ended without a word');
    return url;
  }

  async leave(): Promise<void> {
    this.child.stdin!.end();
    const code = await this.exit;
    if (code !== 0) throw new Error(`The holder ended with ${code}: ${JSON.stringify(this.lines)}`);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.child.kill(signal);
    return this.exit;
  }

  /** As the terminal does: the whole process group gets the signal. */
  async pressControlC(): Promise<number | null> {
    process.kill(-this.pid, 'SIGINT');
    return this.exit;
  }
}

/** The pid that PostgreSQL noted; undefined when it stopped cleanly. */
export function notedServer(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** A process that ended but was not buried by its parent yet is not alive. */
export function isAlive(pid: number): boolean {
  return processIdentity(pid) !== undefined;
}

export async function sql<R extends pg.QueryResultRow>(url: string, text: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text)).rows;
  } finally {
    await client.end();
  }
}

export async function eventually(condition: () => unknown, timeoutMs = 40_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('It did not happen in time');
    await sleep(10);
  }
}

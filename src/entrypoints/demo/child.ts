import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { childEnvironment } from '../../config/env.js';
import { processIdentity } from '../../database/embedded/processes.js';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const OWNER_FILE = 'owner.pid';

/** An empty folder that names this process as its owner. Refuses one whose owner is alive: its database would be pulled away. */
export function claimFolder(dataDir: string): void {
  const ownerFile = join(dataDir, OWNER_FILE);
  const [pid, identity] = existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8').split('\n') : [];
  if (identity && processIdentity(Number(pid)) === identity)
    throw new Error(`Process ${pid} is using ${dataDir}. End it first, or set DATA_DIR to another folder.`);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(ownerFile, `${process.pid}\n${processIdentity(process.pid)}`);
}

/** One process of the product, or beside it, with its output in a log file of its name. */
export class Child {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly exited: Promise<number | null>;
  private complaint = '';

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    logFile: string,
  ) {
    const log = createWriteStream(logFile, { flags: 'a' });
    process.stderr!.pipe(log, { end: false });
    process.stderr!.on('data', (chunk: Buffer) => (this.complaint = (this.complaint + chunk.toString()).slice(-2_000)));
    createInterface({ input: process.stdout! }).on('line', (line) => {
      log.write(`${line}\n`);
      this.lines.push(line);
      for (const listener of this.listeners) listener();
    });
    this.exited = new Promise((resolve) => {
      process.once('exit', (code) => {
        log.end();
        resolve(code);
      });
    });
  }

  static start(name: string, dataDir: string, args: string[], env: Record<string, string>): Child {
    const child = spawn(process.execPath, args, { env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    return new Child(name, child, join(dataDir, `${name}.log`));
  }

  /** Resolves when it is gone, with its exit code or null after a signal. */
  get ended(): Promise<number | null> {
    return this.exited;
  }

  /** The end of what it wrote to stderr. */
  get lastWords(): string {
    return this.complaint;
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** The first line that fits; fails when the process ends or says nothing in time. */
  line(fits: (text: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.name} did not start in ${START_TIMEOUT_MS / 1000} s; see its log`)),
        START_TIMEOUT_MS,
      );
      const look = () => {
        const found = this.lines.find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.listeners.delete(look);
        resolve(found);
      };
      this.listeners.add(look);
      void this.exited
        .then((code) => reject(new Error(`${this.name} ended with ${code}: ${this.lines.at(-1) ?? 'see its log'}`)))
        .finally(() => clearTimeout(timer));
      look();
    });
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }
}

/** Below what systems give to outgoing connections: those would take a port while its server is started again. */
const PORTS = { from: 20_000, to: 32_000 };
const PORT_TRIES = 50;

/** A port on loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${PORTS.from} and ${PORTS.to}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../config/env.js';
import { processIdentity } from '../../database/embedded/processes.js';

const START_TIMEOUT_MS = 60_000;
/** As `npm start` does. */
const HEAP_LIMIT = '--max-old-space-size=256';
const STOP_TIMEOUT_MS = 20_000;
const entry = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The processes of a demo, each of its own, as in production: PostgreSQL is started by the first that needs it. */
export interface DemoProcesses {
  apiUrl: string;
  operatorControlUrl: string;
  smppPort: number;
  dataDir: string;
  /** For measuring. */
  pids: { api: number; worker: number };
  stop(): Promise<void>;
}

export interface OperatorSettings {
  answerDelay: { minMs: number; maxMs: number };
  reportDelay: { minMs: number; maxMs: number };
  shares: { undelivered: number; expired: number };
  submitsPerSecond: number;
}

/**
 * Starts from nothing: an old data folder is removed, unless somebody still uses it. Output goes to log files beside it. With
 * `signal` everything that runs ends, also what is only starting.
 */
export async function startProcesses(
  dataDir: string,
  operator: OperatorSettings,
  clockShiftSeconds: number,
  signal?: AbortSignal,
): Promise<DemoProcesses> {
  claimFolder(dataDir);
  const running: Child[] = [];
  signal?.addEventListener('abort', () => void stopAll(running));
  try {
    const smsc = Child.start(
      'operator',
      dataDir,
      [entry('sandbox-operator.js'), JSON.stringify({ ...operator, logFile: join(dataDir, 'operator.ndjson') })],
      {},
    );
    running.push(smsc);
    const ports: { smpp: number; control: number } = JSON.parse(await smsc.line((text) => text.includes('"ready"')));
    const port = await freePort();
    const apiUrl = `http://127.0.0.1:${port}`;
    const env = {
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: apiUrl,
      LOG_LEVEL: 'warn',
      ALLOW_PRIVATE_ADDRESSES: 'true',
      CLOCK_SHIFT_SECONDS: String(clockShiftSeconds),
      DATABASE_URL: '',
    };
    const api = Child.start('api', dataDir, [HEAP_LIMIT, entry('../main.js')], { ...env, ROLE: 'api' });
    running.push(api);
    await api.line((text) => text.startsWith('Kabinet listens'));
    const worker = Child.start('worker', dataDir, [HEAP_LIMIT, entry('../main.js')], { ...env, ROLE: 'worker' });
    running.push(worker);
    await worker.line((text) => text.startsWith('Kabinet worker'));
    return {
      apiUrl,
      operatorControlUrl: `http://127.0.0.1:${ports.control}`,
      smppPort: ports.smpp,
      dataDir,
      pids: { api: api.pid, worker: worker.pid },
      stop: () => stopAll(running),
    };
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

const OWNER_FILE = 'demo.pid';

/** An empty folder that names this process as its owner. Refuses one whose owner is alive: its database would be pulled away. */
function claimFolder(dataDir: string): void {
  const ownerFile = join(dataDir, OWNER_FILE);
  const [pid, identity] = existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8').split('\n') : [];
  if (identity && processIdentity(Number(pid)) === identity)
    throw new Error(`Process ${pid} is using ${dataDir}. End it first, or set DATA_DIR to another folder.`);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(ownerFile, `${process.pid}\n${processIdentity(process.pid)}`);
}

/** Workers and API first: they finish what is in flight while the operator still answers. */
async function stopAll(children: Child[]): Promise<void> {
  for (const child of [...children].reverse()) await child.stop();
}

class Child {
  private readonly lines: string[] = [];
  private readonly listeners = new Set<() => void>();
  private exited: Promise<number | null>;

  private constructor(
    private readonly name: string,
    private readonly process: ChildProcess,
    logFile: string,
  ) {
    const log = createWriteStream(logFile);
    process.stderr!.pipe(log, { end: false });
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

  async stop(): Promise<void> {
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}

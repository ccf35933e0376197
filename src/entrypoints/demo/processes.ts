import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, claimFolder, freePort } from './child.js';

/** As `npm start` does. */
const HEAP_LIMIT = '--max-old-space-size=256';
const entry = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The processes of a demo, each of its own, as in production: PostgreSQL is started by the first that needs it. */
export interface DemoProcesses {
  apiUrl: string;
  operatorControlUrl: string;
  smppPort: number;
  dataDir: string;
  /** For measuring. */
  pids: { api: number; worker: number };
  /** Ends the worker alone: what is accepted from then on stays queued. */
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

export interface OperatorSettings {
  answerDelay: { minMs: number; maxMs: number };
  reportDelay: { minMs: number; maxMs: number };
  shares: { undelivered: number; expired: number };
  submitsPerSecond: number;
  /** Unanswered reports per session, 200 unless told. */
  reportWindow?: number;
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
      stopWorker: () => worker.stop(),
      stop: () => stopAll(running),
    };
  } catch (error) {
    await stopAll(running);
    throw error;
  }
}

/** Workers and API first: they finish what is in flight while the operator still answers. */
async function stopAll(children: Child[]): Promise<void> {
  for (const child of [...children].reverse()) await child.stop();
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FaultOrder } from '../../src/sandbox/faults.js';
import type { OperatorStats } from '../../src/sandbox/journal.js';
import type { OperatorConfig } from '../../src/sandbox/operator-config.js';
import type { PhoneMessage } from '../../src/sandbox/phones.js';

export { SandboxOperator } from '../../src/sandbox/sandbox-operator.js';
export { outcomeOf } from '../../src/sandbox/behaviour.js';

export type ChildStats = OperatorStats & { sessions: number; reportsPending: number; incompleteMessages: number };

/** The sandbox operator in a process of its own, spoken to over its control port. */
export interface OperatorProcess {
  port: number;
  controlPort: number;
  child: ChildProcess;
  stats(): Promise<ChildStats>;
  inbox(to?: string): Promise<PhoneMessage[]>;
  order(order: FaultOrder): Promise<void>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
}

const ENTRY = fileURLToPath(new URL('../../src/entrypoints/sandbox-operator.js', import.meta.url));

/** Starts it from the build. It dies with this process. */
export async function startOperatorProcess(config: Partial<OperatorConfig> = {}): Promise<OperatorProcess> {
  const child = fork(ENTRY, [JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  const line = await firstLine(child);
  const { smpp, control } = JSON.parse(line) as { smpp: number; control: number };
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    port: smpp,
    controlPort: control,
    child,
    stats: () => call('GET', '/stats') as Promise<ChildStats>,
    inbox: (to) => call('GET', `/inbox${to ? `?to=${to}` : ''}`) as Promise<PhoneMessage[]>,
    order: async (order) => void (await call('POST', '/faults', order)),
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      return ((await exited) as [number | null])[0];
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const line = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const exit = once(child, 'exit').then(() => {
    throw new Error('the sandbox operator did not start');
  });
  const [text] = await Promise.race([line, exit]);
  exit.catch(() => undefined);
  return text;
}

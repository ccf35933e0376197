import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OperatorSettings } from '../../src/entrypoints/demo/processes.js';

export interface BenchOperator {
  pid: number;
  smppPort: number;
  controlUrl: string;
  stop(): void;
}

/** A sandbox operator of its own for a baseline: delivery reports go to any bind of the same system id. */
export async function startOperator(settings: OperatorSettings): Promise<BenchOperator> {
  const entry = fileURLToPath(new URL('../../src/entrypoints/sandbox-operator.js', import.meta.url));
  const child = spawn(process.execPath, [entry, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { smpp, control }: { smpp: number; control: number } = JSON.parse(line.toString());
  const controlUrl = `http://127.0.0.1:${control}`;
  return { pid: child.pid!, smppPort: smpp, controlUrl, stop: () => child.kill('SIGTERM') };
}

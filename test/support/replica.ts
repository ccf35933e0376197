import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** The product in a process of its own, as it is deployed. */
export interface Replica {
  url: string;
  pid: number;
  /** The most memory that was ever resident, in MB. */
  peakMb(): number;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Starts an API process from the build. It shares the database and the secrets of the environment given. */
export async function startApiReplica(environment: Record<string, string>): Promise<Replica> {
  const child = spawn(process.execPath, shippedArguments(), {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment, ROLE: 'api', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const lines = createInterface({ input: child.stdout });
  const listening = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      const url = /listens on (\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([listening, exited.then(([code]) => Promise.reject(new Error(`ended with ${code}`)))]);
  return {
    url: url.replace('[::1]', '127.0.0.1'),
    pid: child.pid!,
    peakMb: () => peakMb(child.pid!),
    stop: async () => {
      child.kill('SIGTERM');
      return (await exited)[0];
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What `npm start` runs after the build: flags and entry point. */
function shippedArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: { start: string } };
  const command = /&& node (.+)$/.exec(scripts.start)?.[1];
  if (!command) throw new Error('npm start does not end with a node command');
  return command.split(' ');
}

function peakMb(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

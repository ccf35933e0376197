import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names one run of one process. A pid alone is not enough: after a crash, and always after a restart of a container, the
 * number may belong to another program. Undefined when no such process lives (a zombie does not live).
 */
export function processIdentity(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : psField(pid, 'lstart');
}

/**
 * Whether `pid` is a PostgreSQL server on `dataFolder` (an absolute path without symbolic links). A server's working
 * directory is its data folder, which is what tells it from a stranger with a recycled pid.
 */
export function isServerOf(pid: number, dataFolder: string): boolean {
  if (process.platform !== 'linux') {
    const command = psField(pid, 'command') ?? '';
    return command.includes('postgres') && command.includes(dataFolder);
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === dataFolder && linuxState(pid) !== 'Z';
  } catch {
    return false;
  }
}

/** Fields of /proc/<pid>/stat after the command name, which may itself hold spaces and brackets. */
function linuxFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function linuxState(pid: number): string | undefined {
  return linuxFields(pid)[0];
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const fields = linuxFields(pid);
    if (fields[0] === 'Z') return undefined;
    const startedAtTick = fields[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startedAtTick}`;
  } catch {
    return undefined;
  }
}

function psField(pid: number, field: string): string | undefined {
  try {
    const output = execFileSync('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
    return output || undefined;
  } catch {
    return undefined;
  }
}

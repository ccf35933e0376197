import { existsSync, readdirSync, readFileSync } from 'node:fs';

const TICK_US = 10_000;

/** CPU time of processes and of the children they have waited for, in microseconds. Linux only: elsewhere null. */
export function cpuMicros(pids: readonly number[]): number | null {
  return existsSync('/proc/self/stat') ? pids.reduce((sum, pid) => sum + ofProcess(pid), 0) : null;
}

/** A process and its living children: PostgreSQL's postmaster with its backends. */
export function withChildren(pid: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return [pid, ...all.filter((candidate) => parentOf(candidate) === pid)];
}

/** Resident memory, in megabytes. */
export function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1024);
}

function stat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function parentOf(pid: number): number {
  try {
    return Number(stat(pid)[1]);
  } catch {
    return -1;
  }
}

/** One that ended meanwhile counts with its parent, which has waited for it: PostgreSQL's short-lived helpers. */
function ofProcess(pid: number): number {
  try {
    const fields = stat(pid);
    return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) * TICK_US;
  } catch {
    return 0;
  }
}

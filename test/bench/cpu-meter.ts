import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuMicros, withChildren } from './processes-cpu.js';

/** Measures what named groups of processes use between two moments. */
export class CpuMeter<Part extends string> {
  constructor(private readonly parts: Record<Part, () => readonly number[]>) {}

  /** From now on; the answer tells the microseconds a message of each part until it is called. */
  start(): (messages: number) => Record<Part, number | null> {
    const before = this.read();
    return (messages) => {
      const after = this.read();
      const used = Object.keys(before).map((name) => {
        const [from, to] = [before[name as Part], after[name as Part]];
        return [name, from === null || to === null ? null : (to - from) / messages];
      });
      return Object.fromEntries(used) as Record<Part, number | null>;
    };
  }

  private read(): Record<Part, number | null> {
    const parts = Object.entries<() => readonly number[]>(this.parts);
    return Object.fromEntries(parts.map(([name, pids]) => [name, cpuMicros(pids())])) as Record<Part, number | null>;
  }
}

/** The embedded PostgreSQL of a data folder with its backends. */
export function embeddedPostgres(dataDir: string): () => number[] {
  const postmaster = Number(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  return () => withChildren(postmaster);
}

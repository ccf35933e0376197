import { v7 } from 'uuid';

/** UUIDv7: ids sort by time of creation, which is what partitions and keyset lists rely on. */
export function newId(now?: Date): string {
  return now ? v7({ msecs: now.getTime() }) : v7();
}

/** The smallest id that can have been made at `instant`: a bound for partition pruning. */
export function lowestIdAt(instant: Date): string {
  const hex = Math.max(0, instant.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** Stands for "no group" where a key column may not be null. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** UUIDv7: ids sort by time of creation, which is what partitions and keyset lists rely on. */
export function newId(now?: Date): string {
  return now ? v7({ msecs: now.getTime() }) : v7();
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Random bytes, drawn in bulk; each is used once. */
const pool = new Uint8Array(4_096);
let drawn = pool.length;

/** Offset of eight fresh bytes in the pool. */
function drawEight(): number {
  if (drawn + 8 > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += 8;
  return drawn - 8;
}

/** The last id of this process: sequences of the same millisecond go on behind each other. */
const latest = { millis: 0, counter: 0 };

/**
 * UUIDv7s of one batch: each sorts after the one before it, so that what was asked for first is also listed and sent first.
 * The 12 bits behind the milliseconds count (RFC 9562, method 1), from a random start, or from where the process was within
 * the same millisecond; past their end the clock runs ahead.
 */
export class IdSequence {
  private millis: number;
  private counter: number;

  constructor(now: Date) {
    this.millis = now.getTime();
    if (this.millis === latest.millis) {
      this.counter = latest.counter;
      return;
    }
    const at = drawEight();
    this.counter = ((pool[at]! << 8) | pool[at + 1]!) & 0x3ff;
  }

  next(): string {
    if (++this.counter > 0xfff) {
      this.counter = 0;
      this.millis++;
    }
    latest.millis = this.millis;
    latest.counter = this.counter;
    const at = drawEight();
    const time = this.millis.toString(16).padStart(12, '0');
    const count = this.counter.toString(16).padStart(3, '0');
    const variant = HEX[(pool[at]! & 0x3f) | 0x80]! + HEX[pool[at + 1]!];
    let tail = '';
    for (let index = at + 2; index < at + 8; index++) tail += HEX[pool[index]!];
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}-${tail}`;
  }
}

/** The smallest id that can have been made at `instant`: a bound for partition pruning. */
export function lowestIdAt(instant: Date): string {
  const hex = Math.max(0, instant.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** When an id was made, in whole milliseconds. */
export function instantOf(id: string): Date {
  return new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** Stands for "no group" where a key column may not be null. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

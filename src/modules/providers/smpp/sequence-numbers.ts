import { MAX_SEQUENCE } from './codec/protocol.js';

/** Counts from 1 to 0x7fffffff and begins again, leaving out what is still in use. */
export class SequenceNumbers {
  constructor(private last = 0) {}

  next(isTaken: (sequence: number) => boolean): number {
    do this.last = this.last >= MAX_SEQUENCE ? 1 : this.last + 1;
    while (isTaken(this.last));
    return this.last;
  }
}

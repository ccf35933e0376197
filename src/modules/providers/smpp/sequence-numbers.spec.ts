import { SequenceNumbers } from './sequence-numbers.js';

describe('SequenceNumbers', () => {
  it('wraps at 0x7fffffff and never gives out 0', () => {
    const numbers = new SequenceNumbers(0x7ffffffd);
    expect([1, 2, 3, 4].map(() => numbers.next(() => false))).toEqual([0x7ffffffe, 0x7fffffff, 1, 2]);
  });

  it('leaves out what still waits for an answer', () => {
    const taken = new Set([0x7fffffff, 1, 3]);
    const numbers = new SequenceNumbers(0x7ffffffe);
    expect([1, 2].map(() => numbers.next((sequence) => taken.has(sequence)))).toEqual([2, 4]);
  });
});

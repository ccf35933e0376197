import type { SendingLine } from '../../providers/index.js';
import type { Claimed } from './flight.js';
import { LaneShelf } from './lane-shelf.js';

const line = (leaseUntil: number, openedAt = 0) => ({ leaseUntil, openedAt, retired: false }) as SendingLine;
const claimed = (own: SendingLine, no: number, claimedAt = 0) =>
  ({ line: own, no, claimedAt, message: { parts: 1, partsGone: null } }) as Claimed;

describe('a shelf', () => {
  it('gives up a line whose lease is over, so that what it forgets goes back even if the line is renewed later', () => {
    const shelf = new LaneShelf('bulk', 2);
    const [over, good] = [line(100), line(1_000)];
    shelf.line = over;
    shelf.claimed = [claimed(over, 1), claimed(good, 1)];
    shelf.forgetLost(500);
    expect(shelf.claimed).toEqual([claimed(good, 1)]);
    expect([over.retired, good.retired, shelf.line]).toEqual([true, false, undefined]);
  });

  it('gives up its line also when nothing is on it', () => {
    const shelf = new LaneShelf('bulk', 2);
    shelf.line = line(100);
    const old = shelf.line;
    shelf.forgetLost(100);
    expect([old.retired, shelf.line]).toEqual([true, undefined]);
  });

  it('changes its line from time to time, and gives the old one up with the last message of it', () => {
    const shelf = new LaneShelf('bulk', 2);
    const [old, next] = [line(1e9), line(1e9, 1_000)];
    shelf.line = old;
    shelf.add([claimed(old, 1)]);
    shelf.changeLine(999, 1_000);
    expect(shelf.line).toBe(old);
    shelf.changeLine(1_000, 1_000);
    expect([shelf.line, old.retired]).toEqual([undefined, false]);
    shelf.line = next;
    shelf.add([claimed(next, 1)]);
    shelf.drop(new Set(shelf.claimed.slice(0, 1)));
    shelf.changeLine(1_001, 1_000);
    expect([shelf.line, old.retired, next.retired]).toEqual([next, true, false]);
    shelf.retireLines();
    expect(next.retired).toBe(true);
  });

  it('offers what fits, in order, of one line at a time', () => {
    const shelf = new LaneShelf('bulk', 2);
    const [first, second] = [line(1_000), line(1_000)];
    shelf.claimed = [claimed(first, 1), claimed(first, 2), claimed(second, 1)];
    const part = { requestUnit: 'part' } as Parameters<LaneShelf['fitting']>[1];
    expect(shelf.fitting(1, part, false).map(({ no }) => no)).toEqual([1]);
    expect(shelf.fitting(10, part, false)).toEqual(shelf.claimed.slice(0, 2));
    shelf.claimed = [{ ...claimed(first, 1), message: { parts: 5, partsGone: null } } as Claimed];
    expect(shelf.fitting(3, part, false)).toEqual([]);
    expect(shelf.fitting(3, part, true)).toEqual(shelf.claimed);
  });

  it('takes off only what was decided about, not what was claimed meanwhile', () => {
    const shelf = new LaneShelf('bulk', 2);
    const own = line(1e9);
    shelf.add([claimed(own, 1)]);
    const decidedAbout = shelf.claimed;
    shelf.add([claimed(own, 2)]);
    shelf.drop(new Set(decidedAbout));
    expect(shelf.claimed.map(({ no }) => no)).toEqual([2]);
    expect(shelf.takeAll().map(({ no }) => no)).toEqual([2]);
    expect(shelf.isEmpty).toBe(true);
  });

  it('knows what has waited for too long', () => {
    const shelf = new LaneShelf('bulk', 2);
    const own = line(1e9);
    shelf.claimed = [claimed(own, 1, 0), claimed(own, 2, 1_500)];
    expect(shelf.stale(2_000).map(({ no }) => no)).toEqual([1]);
  });
});

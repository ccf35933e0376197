import { IdSequence, lowestIdAt, newId } from './ids.js';

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  const now = new Date('2026-03-02T12:00:00Z');

  it('makes version 7 UUIDs of the given instant', () => {
    expect(newId(now)).toMatch(UUID7);
    expect(newId(now) >= lowestIdAt(now)).toBe(true);
    expect(newId(now) < lowestIdAt(new Date(now.getTime() + 1))).toBe(true);
  });

  it('numbers a batch upwards, also past what fits into one millisecond', () => {
    const ids = new IdSequence(now);
    const made = Array.from({ length: 10_000 }, () => ids.next());
    expect(new Set(made).size).toBe(made.length);
    expect(made).toEqual(made.toSorted());
    expect(made.every((id) => UUID7.test(id))).toBe(true);
    expect(made[0]! >= lowestIdAt(now)).toBe(true);
  });

  it('goes on behind the batch before, within the same millisecond', () => {
    const [one, other] = [new IdSequence(now).next(), new IdSequence(now).next()];
    expect(other > one).toBe(true);
  });

  it('keeps sequences apart that share a millisecond and take turns', () => {
    const [one, other] = [new IdSequence(now), new IdSequence(now)];
    const made = Array.from({ length: 3_000 }, (_, n) => (n % 2 ? one.next() : other.next()));
    expect(new Set(made).size).toBe(made.length);
  });
});

import { MOST_ATTEMPTS, pauseAfter } from './retry-plan.js';

const HOUR_MS = 3_600_000;
const plan = (random: number) => Array.from({ length: MOST_ATTEMPTS }, (_, index) => pauseAfter(index + 1, random));

describe('pauses between the tries of a delivery', () => {
  it('grow from five seconds to eight hours, and end', () => {
    const pauses = plan(0.5);
    expect(pauses.slice(0, 4)).toEqual([5_000, 15_000, 45_000, 135_000]);
    expect(pauses.at(-2)).toBe(8 * HOUR_MS);
    expect(pauses.at(-1)).toBeNull();
    expect(pauseAfter(MOST_ATTEMPTS + 1, 0.5)).toBeNull();
  });

  it.each([0, 0.5, 1])('come to between two and four days in all, with any jitter: %s', (random) => {
    const total = plan(random).reduce((sum: number, pause) => sum + (pause ?? 0), 0);
    expect(total).toBeGreaterThan(48 * HOUR_MS);
    expect(total).toBeLessThan(96 * HOUR_MS);
  });
});

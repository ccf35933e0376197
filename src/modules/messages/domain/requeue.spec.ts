import { requeueAt } from './requeue.js';

describe('a message that comes back unsent', () => {
  const now = new Date('2026-03-02T12:00:00Z');
  const dueAt = new Date('2026-03-02T11:59:00Z');
  const pauseMs = (tries: number, random: number) => requeueAt({ dueAt, tries }, now, random).getTime() - now.getTime();

  it('keeps its place for a few tries', () => {
    for (let tries = 0; tries < 5; tries++) expect(requeueAt({ dueAt, tries }, now, 0.5)).toEqual(dueAt);
  });

  it.each([
    [5, 1_000],
    [6, 2_000],
    [8, 8_000],
    [10, 32_000],
    [11, 60_000],
    [5_400, 60_000],
  ])('after %i tries waits %i ms at most, and half of that at least', (tries, most) => {
    expect([pauseMs(tries, 0), pauseMs(tries, 1)]).toEqual([most / 2, most]);
  });

  it('is not queued in step with those that came back beside it', () => {
    expect(new Set([0.1, 0.4, 0.7].map((random) => pauseMs(9, random))).size).toBe(3);
  });

  it('is tried about once a minute while an outage lasts, not thousands of times', () => {
    let tries = 0;
    for (let ms = 0; ms < 5_400_000; ms += tries < 5 ? 0 : pauseMs(tries, 0.5)) tries++;
    expect(tries).toBeLessThan(140);
  });
});

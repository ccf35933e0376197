import { LinkPause } from './link-pause.js';

describe('a link that heard "not now"', () => {
  /** Full pauses: 50, 100, 200 … ms. */
  const pause = () => new LinkPause(() => 1);

  it('rests longer each time, and anew after a success', () => {
    const link = pause();
    link.failed('a', 0, 0);
    expect(link.remaining(10)).toBe(40);
    link.failed('b', 60, 0);
    expect(link.remaining(60)).toBe(100);
    link.succeeded();
    link.failed('c', 200, 0);
    expect(link.remaining(200)).toBe(50);
  });

  it('takes a burst for one, and rests for as long as the provider asks', () => {
    const link = pause();
    link.failed('a', 0, 0);
    link.failed('b', 1, 0);
    expect(link.remaining(1)).toBe(49);
    link.failed('c', 100, 3_000);
    expect(link.remaining(100)).toBe(3_000);
  });

  it('goes on only when everything that came back is in the queue again, or took too long', () => {
    const link = pause();
    link.failed('a', 0, 0);
    link.failed('b', 0, 0);
    link.returned('a');
    expect([link.remaining(500), link.isOn(500)]).toEqual([0, true]);
    link.returned('b');
    expect(link.isOn(500)).toBe(false);
    link.failed('c', 500, 0);
    expect([link.isOn(2_499), link.isOn(2_500)]).toEqual([true, false]);
  });
});

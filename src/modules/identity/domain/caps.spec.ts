import { addressGroup, windowAt } from './caps.js';

describe('Windows of caps', () => {
  it('are aligned to the epoch, half-open', () => {
    const at = (instant: string) => windowAt(new Date(instant), 3_600).start.toISOString();
    expect(at('2026-03-02T12:00:00.000Z')).toBe('2026-03-02T12:00:00.000Z');
    expect(at('2026-03-02T12:59:59.999Z')).toBe('2026-03-02T12:00:00.000Z');
    expect(at('2026-03-02T13:00:00.000Z')).toBe('2026-03-02T13:00:00.000Z');
    expect(windowAt(new Date('2026-03-02T12:30:00Z'), 86_400).end.toISOString()).toBe('2026-03-03T00:00:00.000Z');
  });
});

describe('What an address counts as', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::1', '0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::9', '2001:db8:1:2'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('%s is %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});

import { isAddressRange, isAllowed } from './addresses.js';

describe('Addresses from which a key may be used', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '::1', '2001:db8::/32', '2001:db8::1/128'])(
    '%s is a range',
    (text) => {
      expect(isAddressRange(text)).toBe(true);
    },
  );

  it.each([
    '',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'example.org',
    '10.0.0.0/ 8',
  ])('%j is none', (text) => {
    expect(isAddressRange(text)).toBe(false);
  });

  it.each([
    ['203.0.113.7', ['203.0.113.7'], true],
    ['203.0.113.8', ['203.0.113.7'], false],
    ['203.0.113.8', ['203.0.113.0/24'], true],
    ['::ffff:203.0.113.8', ['203.0.113.0/24'], true],
    ['203.0.114.8', ['10.0.0.0/8', '203.0.112.0/22'], true],
    ['2001:db8:ffff::1', ['2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['203.0.113.8', ['2001:db8::/32'], false],
    ['203.0.113.8', [], false],
    ['unknown', ['0.0.0.0/0', '::/0'], false],
  ])('%s within %j: %s', (address, ranges, allowed) => {
    expect(isAllowed(address, ranges)).toBe(allowed);
  });
});

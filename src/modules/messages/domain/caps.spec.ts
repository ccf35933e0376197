import { CapBook, type CappedTraffic } from './caps.js';

const cap = (accountId: string | null, traffic: CappedTraffic, country: string, maxPerDay: number) => ({
  accountId,
  traffic,
  country,
  maxPerDay,
});

describe('the book of caps', () => {
  const book = new CapBook([
    cap(null, 'codes', 'each', 100),
    cap(null, 'codes', 'PL', 10),
    cap('a', 'codes', 'each', 50),
    cap('a', 'messages', 'all', 7),
    cap(null, 'messages', 'GR', 0),
  ]);

  it.each([
    ['b', 'codes', 'RU', [['RU', 100]]],
    ['b', 'codes', 'PL', [['PL', 10]]],
    ['b', 'codes', null, [['--', 100]]],
    ['a', 'codes', 'PL', [['PL', 50]]],
    ['b', 'messages', 'RU', []],
    ['b', 'messages', 'GR', [['GR', 0]]],
    ['a', 'messages', 'RU', [['all', 7]]],
    [
      'a',
      'messages',
      'GR',
      [
        ['all', 7],
        ['GR', 0],
      ],
    ],
  ] as const)('counts %s’s %s to %s by %j', (account, traffic, country, expected) => {
    const counters = book.countersOf(account, traffic, country);
    expect(counters.map((counter) => [counter.country, book.limitOf(counter)])).toEqual(expected);
  });
});

import { readAbsoluteTime } from './smpp-time.js';

describe('readAbsoluteTime', () => {
  it.each([
    ['260301103005700+', '2026-03-01T10:30:05.700Z'],
    ['260301103005012+', '2026-03-01T07:30:05.000Z'],
    ['260301003005308-', '2026-03-01T02:30:05.300Z'],
    ['991231235959048+', '2099-12-31T11:59:59.000Z'],
  ])('reads %s as %s', (text, instant) => expect(readAbsoluteTime(text)?.toISOString()).toBe(instant));

  it.each(['', '000000000001000R', '260230103005000+', '261301103005000+', '260301243005000+', '260301103005099+'])(
    'reads no time in "%s"',
    (text) => expect(readAbsoluteTime(text)).toBeNull(),
  );

  it('leaves what has no offset to whoever knows the zone', () => expect(readAbsoluteTime('2603011030')).toBeNull());
});

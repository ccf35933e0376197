import fc from 'fast-check';
import pg from 'pg';
import { parseInstant } from './instants.js';

const byDriver: (text: string) => Date | number = pg.types.getTypeParser(1184);

describe('parseInstant', () => {
  it.each([
    '2026-03-29 01:00:00+00',
    '2026-03-29 01:00:00.5+00',
    '2026-03-29 01:00:00.123456+00',
    '2026-03-29 01:00:00.000999+00',
    '1969-12-31 23:59:59.25+00',
    '0001-01-01 00:00:00+00',
    '2026-03-29 01:00:00.5+03',
    '2026-03-29 01:00:00.5-03:30',
    '2026-03-29 01:00:00+00:30',
    '10000-01-01 00:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    'infinity',
    '-infinity',
  ])('reads %s as the driver does', (text) => {
    expect(parseInstant(text)).toEqual(byDriver(text));
  });

  it('reads back every instant of four-digit years', () => {
    const instant = fc.date({
      min: new Date('1000-01-01'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (at) => {
        const text = at.toISOString().replace('T', ' ').replace('Z', '+00');
        expect(parseInstant(text)).toEqual(at);
      }),
    );
  });
});

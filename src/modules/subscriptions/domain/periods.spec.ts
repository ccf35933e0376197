import fc from 'fast-check';
import { localDateAt, localTimeAt } from '../../../kernel/zoned-time.js';
import { addMonths, anchorAt, monthlyPeriodEnd, oneOffEnd } from './periods.js';

const ZONES = [
  'Europe/Moscow',
  'Europe/Warsaw',
  'Europe/Athens',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Auckland',
];

describe('Periods', () => {
  it.each([
    ['2026-01-31', ['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    ['2028-01-31', ['2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']],
    ['2026-01-30', ['2026-02-28', '2026-03-30', '2026-04-30', '2026-05-30']],
    ['2026-11-15', ['2026-12-15', '2027-01-15', '2027-02-15', '2027-03-15']],
  ])('from %s the day of the month is kept, and only cut where the month is shorter', (day, expected) => {
    expect([1, 2, 3, 4].map((months) => addMonths(day, months))).toEqual(expected);
  });

  it('begin at local midnight on days of 23 and 25 hours, too', () => {
    const ends = (now: string, timeZone: string, periodNo: number) =>
      monthlyPeriodEnd(anchorAt(new Date(now), timeZone), periodNo).toISOString();
    expect(ends('2026-01-31T20:59:59Z', 'Europe/Moscow', 1)).toBe('2026-02-27T21:00:00.000Z');
    expect(ends('2026-01-31T21:00:00Z', 'Europe/Moscow', 1)).toBe('2026-02-28T21:00:00.000Z');
    expect(ends('2026-02-28T12:00:00Z', 'Europe/Warsaw', 1)).toBe('2026-03-27T23:00:00.000Z');
    expect(ends('2026-03-29T12:00:00Z', 'Europe/Warsaw', 1)).toBe('2026-04-28T22:00:00.000Z');
    expect(ends('2026-09-25T12:00:00Z', 'Europe/Warsaw', 1)).toBe('2026-10-24T22:00:00.000Z');
    // Midnight of 6 September 2026 does not exist in Santiago: the day begins at one.
    expect(ends('2026-08-06T12:00:00Z', 'America/Santiago', 1)).toBe('2026-09-06T04:00:00.000Z');
  });

  it('of a one-off last to the end of their last day', () => {
    expect(oneOffEnd(anchorAt(new Date('2026-01-31T12:00:00Z'), 'Europe/Moscow'), 30).toISOString()).toBe(
      '2026-03-02T21:00:00.000Z',
    );
  });

  it('follow each other without gap or overlap for years, on the anchor day or the last of the month', () => {
    const start = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2035-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(start, fc.constantFrom(...ZONES), (now, zone) => {
        const anchor = anchorAt(now, zone);
        const dayOfMonth = Number(anchor.day.slice(8));
        let before = now;
        for (let periodNo = 1; periodNo <= 26; periodNo += 1) {
          const end = monthlyPeriodEnd(anchor, periodNo);
          const day = localDateAt(end, zone);
          const [year, month] = day.split('-').map(Number) as [number, number];
          const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
          expect(end.getTime()).toBeGreaterThan(before.getTime());
          expect(Number(day.slice(8))).toBe(Math.min(dayOfMonth, lastDay));
          expect(localTimeAt(end, zone)).toBe('00:00');
          // One period for each month of the calendar.
          expect(year * 12 + month).toBe(
            Number(anchor.day.slice(0, 4)) * 12 + Number(anchor.day.slice(5, 7)) + periodNo,
          );
          before = end;
        }
      }),
      { numRuns: 30 },
    );
  });
});

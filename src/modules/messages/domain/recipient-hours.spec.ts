import fc from 'fast-check';
import { zonesOfCountry } from '../../../kernel/country-zones.js';
import { parseMsisdn } from '../../../kernel/msisdn.js';
import { daily, isOpen, nextCommonOpening, WEEKDAYS, type WeeklyHours } from '../../../kernel/time-window.js';
import { recipientWindow } from './recipient-hours.js';

const at = (text: string) => Date.parse(text);
const { days } = daily('09:00', '20:00', 'UTC');
const DAY: WeeklyHours = { days };

/** Open from the first instant to the second, and at neither edge's wrong side. */
function expectOpening(country: string | null, opens: string, closes: string): void {
  const window = recipientWindow(DAY, country);
  const [from, to] = [at(opens), at(closes)];
  expect([from - 1, from, to - 1, to].map((ms) => window.isOpen(ms))).toEqual([false, true, true, false]);
  expect(window.nextOpening(from - 1)).toBe(from);
  expect(window.nextOpening(to)).toBeGreaterThan(to);
}

const countryOf = (number: string) => {
  const parsed = parseMsisdn(number);
  return parsed.ok ? parsed.country || null : 'invalid';
};

describe('the recipient’s hours, 9 to 20', () => {
  it.each([
    ['Warsaw in winter', 'PL', '2026-01-15T08:00Z', '2026-01-15T19:00Z'],
    ['Athens in winter', 'GR', '2026-01-15T07:00Z', '2026-01-15T18:00Z'],
    ['Warsaw before its clocks go forward', 'PL', '2026-03-28T08:00Z', '2026-03-28T19:00Z'],
    ['Warsaw when they have gone forward', 'PL', '2026-03-29T07:00Z', '2026-03-29T18:00Z'],
    ['Warsaw before its clocks go back', 'PL', '2026-10-24T07:00Z', '2026-10-24T18:00Z'],
    ['Warsaw when they have gone back', 'PL', '2026-10-25T08:00Z', '2026-10-25T19:00Z'],
    ['all of Russia: nine in Kaliningrad, not yet twenty in Kamchatka', 'RU', '2026-01-15T07:00Z', '2026-01-15T08:00Z'],
    ['all of the States: nine in Honolulu, not yet twenty in New York', 'US', '2026-01-15T19:00Z', '2026-01-16T01:00Z'],
    ['the same in summer', 'US', '2026-07-15T19:00Z', '2026-07-16T00:00Z'],
    ['Spain: nine in the Canaries, not yet twenty in Madrid', 'ES', '2026-01-15T09:00Z', '2026-01-15T19:00Z'],
  ])('are those of %s', (_name, country, opens, closes) => expectOpening(country, opens, closes));

  it('of an edge in the hour that is skipped, and in the one that comes twice', () => {
    const night = { days: daily('02:30', '03:00', 'UTC').days };
    const window = recipientWindow(night, 'PL');
    // 2:30 is read with the offset before the gap, which is 3:30 by the clocks that have gone forward: after the end.
    expect(window.nextOpening(at('2026-03-28T02:00Z'))).toBe(at('2026-03-30T00:30Z'));
    expect([at('2026-10-25T00:30Z') - 1, at('2026-10-25T00:30Z')].map((ms) => window.isOpen(ms))).toEqual([
      false,
      true,
    ]);
    expect(window.isOpen(at('2026-10-25T02:00Z'))).toBe(false);
  });

  it.each([
    ['+800, freephone', '+80012345678'],
    ['+881, satellites', '+881621234567'],
    ['+883, networks', '+883510012345678'],
    ['no country', null],
    ['Kosovo, which has no zone of its own', 'XK'],
    ['a country that nobody knows', 'ZZ'],
  ])('never come for %s', (_name, given) => {
    const country = given?.startsWith('+') ? countryOf(given) : given;
    expect(country).not.toBe('invalid');
    const allDay = { days: daily('00:00', '24:00', 'UTC').days };
    for (const hours of [DAY, allDay]) {
      const window = recipientWindow(hours, country);
      for (let day = 0; day < 30; day++) expect(window.isOpen(at('2026-01-01T00:00Z') + day * 86_400_000)).toBe(false);
      expect(window.nextOpening(at('2026-01-01T00:00Z'))).toBeNull();
    }
  });

  it('never come for all of Russia where they are nine hours long: no instant suits Kaliningrad and Kamchatka', () => {
    const office = { days: daily('09:00', '18:00', 'UTC').days };
    expect(recipientWindow(office, 'RU').nextOpening(at('2026-01-15T00:00Z'))).toBeNull();
  });

  it('are made ready once for what they say, however often the account is read anew', () => {
    const window = recipientWindow(structuredClone(DAY), 'RU');
    expect(recipientWindow(structuredClone(DAY), 'RU')).toBe(window);
    expect(recipientWindow(DAY, 'PL')).not.toBe(window);
    expect(recipientWindow({ days: { mon: days.mon } }, 'RU')).not.toBe(window);
  });
});

describe('what leaves within the recipient’s hours', () => {
  const time = fc.nat(95).map((quarter) => `${pad(Math.floor(quarter / 4))}:${pad((quarter % 4) * 15)}`);
  const range = fc.record({ from: time, to: time }).filter(({ from, to }) => from !== to);
  const hours = fc
    .array(fc.option(fc.array(range, { maxLength: 2 }), { freq: 6, nil: undefined }), { minLength: 7, maxLength: 7 })
    .map((ranges): WeeklyHours => ({ days: Object.fromEntries(WEEKDAYS.map((day, n) => [day, ranges[n]])) }));
  const wide = fc.record({ from: fc.constantFrom('05:00', '07:30'), to: fc.constantFrom('21:00', '23:45', '03:00') });
  const everyDay = wide.map(({ from, to }): WeeklyHours => ({ days: daily(from, to, 'UTC').days }));
  const country = fc.constantFrom('RU', 'US', 'AU', 'ES', 'KZ', 'PL', 'GR');
  /** Around the changes of the clocks of Europe, America and Australia, and on no special days. */
  const start = fc.constantFrom('2026-03-06', '2026-03-27', '2026-04-03', '2026-07-10', '2026-10-23', '2026-10-30');
  const QUARTER_MS = 900_000;

  it('finds every zone of the country open at that very instant, and nothing that could leave is kept', () => {
    let openings = 0;
    fc.assert(
      fc.property(fc.oneof(everyDay, hours), country, start, (weekly, country, start) => {
        const window = recipientWindow(weekly, country);
        const zones = zonesOfCountry(country).map((timeZone) => ({ ...weekly, timeZone }));
        const quarters = Array.from({ length: 4 * 96 }, (_, n) => at(`${start}T00:00Z`) + n * QUARTER_MS);
        const open = quarters.filter((ms) => window.isOpen(ms));
        expect(open).toEqual(quarters.filter((ms) => zones.every((zone) => isOpen(zone, new Date(ms)))));
        // The last instant of a quarter of an hour belongs to it.
        expect(quarters.filter((ms) => window.isOpen(ms + QUARTER_MS - 1))).toEqual(open);
        openings += open.length;
        const from = new Date(`${start}T00:00Z`);
        expect(window.nextOpening(from.getTime())).toBe(nextCommonOpening(zones, from)?.getTime() ?? null);
      }),
      { numRuns: 60 },
    );
    expect(openings).toBeGreaterThan(0);
  });
});

const pad = (number: number) => String(number).padStart(2, '0');

import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { DomainError } from './domain-error.js';
import {
  compileWindow,
  daily,
  isOpen,
  nextCommonOpening,
  nextOpening,
  parseWindow,
  WEEKDAYS,
  type LocalRange,
  type WeeklyWindow,
} from './time-window.js';

const at = (text: string) => new Date(text);
const moscow = daily('09:00', '20:00', 'Europe/Moscow');
const on = (days: WeeklyWindow['days'], timeZone: string): WeeklyWindow => ({
  timeZone,
  days,
});
/** `2026-03-29T02:30` → the range's own edges are easy to see in the tables below. */
const range = (from: string, to: string): LocalRange => ({ from, to });

describe('a window of 9 to 20 in Moscow', () => {
  it.each([
    ['2026-01-15T05:59:59Z', false, '2026-01-15T06:00:00Z'],
    ['2026-01-15T05:59:59.999Z', false, '2026-01-15T06:00:00Z'],
    ['2026-01-15T06:00:00Z', true, '2026-01-15T06:00:00Z'],
    ['2026-01-15T16:59:59.999Z', true, '2026-01-15T16:59:59.999Z'],
    ['2026-01-15T17:00:00Z', false, '2026-01-16T06:00:00Z'],
    ['2026-01-15T23:00:00Z', false, '2026-01-16T06:00:00Z'],
  ])('at %s: open %s, next %s', (instant, open, next) => {
    expect(isOpen(moscow, at(instant))).toBe(open);
    expect(nextOpening(moscow, at(instant))).toEqual(at(next));
  });
});

describe('isOpen and nextOpening', () => {
  it.each<[string, WeeklyWindow, string, boolean, string | null]>([
    [
      'weekend closed',
      on({ fri: [range('09:00', '20:00')] }, 'UTC'),
      '2026-01-16T20:00:00Z',
      false,
      '2026-01-23T09:00:00Z',
    ],
    [
      'two ranges',
      on({ mon: [range('09:00', '12:00'), range('13:00', '18:00')] }, 'UTC'),
      '2026-01-12T12:00:00Z',
      false,
      '2026-01-12T13:00:00Z',
    ],
    [
      'touching ranges',
      on({ mon: [range('09:00', '12:00'), range('12:00', '18:00')] }, 'UTC'),
      '2026-01-12T12:00:00Z',
      true,
      '2026-01-12T12:00:00Z',
    ],
    [
      'to midnight',
      on({ mon: [range('20:00', '24:00')] }, 'UTC'),
      '2026-01-13T00:00:00Z',
      false,
      '2026-01-19T20:00:00Z',
    ],
    [
      'the last moment before midnight',
      on({ mon: [range('20:00', '24:00')] }, 'UTC'),
      '2026-01-12T23:59:59.999Z',
      true,
      '2026-01-12T23:59:59.999Z',
    ],
    [
      'over midnight, before',
      on({ mon: [range('22:00', '06:00')] }, 'UTC'),
      '2026-01-12T21:59:59Z',
      false,
      '2026-01-12T22:00:00Z',
    ],
    [
      'over midnight, after',
      on({ mon: [range('22:00', '06:00')] }, 'UTC'),
      '2026-01-13T05:59:59Z',
      true,
      '2026-01-13T05:59:59Z',
    ],
    [
      'over midnight, over',
      on({ mon: [range('22:00', '06:00')] }, 'UTC'),
      '2026-01-13T06:00:00Z',
      false,
      '2026-01-19T22:00:00Z',
    ],
    [
      'Sunday night belongs to Sunday',
      on({ sun: [range('22:00', '06:00')] }, 'UTC'),
      '2026-01-12T03:00:00Z',
      true,
      '2026-01-12T03:00:00Z',
    ],
    ['all day', daily('00:00', '24:00', 'Europe/Warsaw'), '2026-10-25T00:45:00Z', true, '2026-10-25T00:45:00Z'],
    ['far east', daily('00:00', '00:01', 'Pacific/Kiritimati'), '2026-01-12T10:00:59Z', true, '2026-01-12T10:00:59Z'],
    ['far west', daily('23:00', '24:00', 'Pacific/Pago_Pago'), '2026-01-12T10:59:59Z', true, '2026-01-12T10:59:59Z'],
    ['unknown zone', daily('00:00', '24:00', 'Europe/Nowhere'), '2026-01-12T10:00:00Z', false, null],
    ['no ranges', on({}, 'UTC'), '2026-01-12T10:00:00Z', false, null],
    [
      'a broken range closes the window',
      on({ mon: [range('09:00', '20:00'), range('9', '10')] }, 'UTC'),
      '2026-01-12T10:00:00Z',
      false,
      null,
    ],
    ['broken days', { timeZone: 'UTC', days: { mon: 'x' } } as never, '2026-01-12T10:00:00Z', false, null],
    ['no days', { timeZone: 'UTC' } as never, '2026-01-12T10:00:00Z', false, null],
    ['no zone', { days: { mon: [range('00:00', '24:00')] } } as never, '2026-01-12T10:00:00Z', false, null],
    // Spring, Warsaw: 02:00 → 03:00 at 01:00Z.
    [
      'gap: opens inside it',
      daily('02:30', '09:00', 'Europe/Warsaw'),
      '2026-03-29T01:29:59Z',
      false,
      '2026-03-29T01:30:00Z',
    ],
    [
      'gap: the clock shows 03:30',
      daily('02:30', '09:00', 'Europe/Warsaw'),
      '2026-03-29T01:30:00Z',
      true,
      '2026-03-29T01:30:00Z',
    ],
    [
      'gap: closes inside it',
      daily('00:30', '02:30', 'Europe/Warsaw'),
      '2026-03-29T01:29:59Z',
      true,
      '2026-03-29T01:29:59Z',
    ],
    [
      'gap: closed after it',
      daily('00:30', '02:30', 'Europe/Warsaw'),
      '2026-03-29T01:30:00Z',
      false,
      '2026-03-29T22:30:00Z',
    ],
    [
      'gap: swallows a range',
      on({ sun: [range('02:30', '03:00')] }, 'Europe/Warsaw'),
      '2026-03-29T00:00:00Z',
      false,
      '2026-04-05T00:30:00Z',
    ],
    [
      'a day of 23 hours',
      daily('09:00', '20:00', 'Europe/Athens'),
      '2026-03-29T06:00:00Z',
      true,
      '2026-03-29T06:00:00Z',
    ],
    [
      'a day of 23 hours, before',
      daily('09:00', '20:00', 'Europe/Athens'),
      '2026-03-29T05:59:59Z',
      false,
      '2026-03-29T06:00:00Z',
    ],
    // Autumn, Warsaw: 03:00 → 02:00 at 01:00Z.
    [
      'overlap: opens the first time',
      daily('02:30', '09:00', 'Europe/Warsaw'),
      '2026-10-25T00:30:00Z',
      true,
      '2026-10-25T00:30:00Z',
    ],
    [
      'overlap: stays open when the clock repeats',
      daily('02:30', '09:00', 'Europe/Warsaw'),
      '2026-10-25T01:10:00Z',
      true,
      '2026-10-25T01:10:00Z',
    ],
    [
      'overlap: closes the first time',
      daily('00:00', '02:30', 'Europe/Warsaw'),
      '2026-10-25T00:30:00Z',
      false,
      '2026-10-25T23:00:00Z',
    ],
    [
      'overlap: not again',
      daily('00:00', '02:30', 'Europe/Warsaw'),
      '2026-10-25T01:10:00Z',
      false,
      '2026-10-25T23:00:00Z',
    ],
    [
      'a day of 25 hours',
      daily('09:00', '20:00', 'Europe/Athens'),
      '2026-10-25T06:59:59Z',
      false,
      '2026-10-25T07:00:00Z',
    ],
    ['before 1970', daily('09:00', '20:00', 'UTC'), '1969-12-31T08:00:00Z', false, '1969-12-31T09:00:00Z'],
  ])('%s', (_name, window, instant, open, next) => {
    expect(isOpen(window, at(instant))).toBe(open);
    expect(nextOpening(window, at(instant))).toEqual(next === null ? null : at(next));
  });

  it('is closed for an instant that is none', () => {
    expect(isOpen(moscow, new Date(NaN))).toBe(false);
    expect(compileWindow(moscow).isOpen(Infinity)).toBe(false);
  });

  it('is compiled once per object', () => expect(compileWindow(moscow)).toBe(compileWindow(moscow)));
});

describe('nextCommonOpening', () => {
  const warsaw = daily('09:00', '20:00', 'Europe/Warsaw');
  const vladivostok = daily('09:00', '20:00', 'Asia/Vladivostok');

  it('meets where all are open', () => {
    expect(nextCommonOpening([moscow, warsaw], at('2026-01-15T01:00:00Z'))).toEqual(at('2026-01-15T08:00:00Z'));
    expect(nextCommonOpening([moscow, vladivostok], at('2026-01-15T10:00:00Z'))).toEqual(at('2026-01-16T06:00:00Z'));
    expect(nextCommonOpening([moscow, compileWindow(warsaw)], at('2026-01-15T09:00:00Z'))).toEqual(
      at('2026-01-15T09:00:00Z'),
    );
  });

  it('is at once without windows', () =>
    expect(nextCommonOpening([], at('2026-01-15T01:00:00Z'))).toEqual(at('2026-01-15T01:00:00Z')));

  it('is never when two never meet, one is unknown, or the horizon is too near', () => {
    const night = daily('01:00', '02:00', 'UTC');
    const day = daily('12:00', '13:00', 'UTC');
    expect(nextCommonOpening([night, day], at('2026-01-15T00:00:00Z'))).toBeNull();
    expect(nextCommonOpening([moscow, daily('00:00', '24:00', 'Mars/Base')], at('2026-01-15T09:00:00Z'))).toBeNull();
    const monday = on({ mon: [range('09:00', '10:00')] }, 'UTC');
    expect(nextCommonOpening([monday], at('2026-01-13T00:00:00Z'), 2)).toBeNull();
    expect(nextCommonOpening([monday], at('2026-01-13T00:00:00Z'), 7)).toEqual(at('2026-01-19T09:00:00Z'));
  });
});

const clock = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
const anyRange = fc
  .tuple(clock, fc.oneof(clock, fc.constant('24:00')))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => range(from, to));
const anyWindow = fc.record({
  timeZone: fc.constantFrom(
    'Europe/Warsaw',
    'Europe/Athens',
    'Europe/Moscow',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'UTC',
  ),
  days: fc
    .tuple(...WEEKDAYS.map(() => fc.array(anyRange, { maxLength: 3 })))
    .map(
      (lists) =>
        Object.fromEntries(lists.map((list, index) => [WEEKDAYS[index], list])) as unknown as WeeklyWindow['days'],
    ),
});
const anyInstant = fc
  .tuple(
    fc.constantFrom(
      '2026-03-28T12:00:00Z',
      '2026-10-24T12:00:00Z',
      '2026-07-01T00:00:00Z',
      '2026-04-04T00:00:00Z',
      '2026-09-05T12:00:00Z',
    ),
    fc.integer({ min: 0, max: 4 * 86_400 }),
  )
  .map(([base, seconds]) => at(base).getTime() + seconds * 1000);

/** The definition, slowly: some day's range, its two edges read by Temporal, holds the instant. */
function openByDefinition(window: WeeklyWindow, ms: number): boolean {
  const today = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(window.timeZone).toPlainDate();
  const instantOf = (date: Temporal.PlainDate, time: string) =>
    time === '24:00'
      ? date.add({ days: 1 }).toZonedDateTime({ timeZone: window.timeZone, plainTime: '00:00' }).epochMilliseconds
      : date.toZonedDateTime({ timeZone: window.timeZone, plainTime: time }).epochMilliseconds;
  return [-2, -1, 0, 1].some((shift) => {
    const date = today.add({ days: shift });
    return window.days[WEEKDAYS[date.dayOfWeek - 1]!]!.some(
      ({ from, to }) => instantOf(date, from) <= ms && ms < instantOf(from < to ? date : date.add({ days: 1 }), to),
    );
  });
}

describe('windows of any shape', () => {
  it('are open when their definition says so, asked in any order', () => {
    fc.assert(
      fc.property(anyWindow, fc.array(anyInstant, { minLength: 1, maxLength: 6 }), (window, instants) => {
        for (const ms of instants) expect(isOpen(window, new Date(ms))).toBe(openByDefinition(window, ms));
      }),
      { numRuns: 250 },
    );
  });

  it('open where nextOpening says, and not before', () => {
    fc.assert(
      fc.property(anyWindow, anyInstant, fc.double({ min: 0, max: 1, noNaN: true }), (window, ms, share) => {
        const next = compileWindow(window).nextOpening(ms);
        if (next === null) return expect(Object.values(window.days).flat()).toEqual([]);
        expect(next).toBeGreaterThanOrEqual(ms);
        expect(isOpen(window, new Date(next))).toBe(true);
        if (next === ms) return;
        const earlier = Math.floor(ms + (next - 1 - ms) * share);
        expect([isOpen(window, new Date(earlier)), isOpen(window, new Date(next - 1))]).toEqual([false, false]);
      }),
      { numRuns: 500 },
    );
  });

  it('are read back by parseWindow unless ranges overlap', () => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        try {
          expect(parseWindow(JSON.parse(JSON.stringify(window)))).toEqual(window);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          expect(error.code).toBe('invalid_window');
          for (const { code } of error.details.errors!) expect(['ranges_overlap', 'never_open']).toContain(code);
        }
      }),
    );
  });
});

const errorsOf = (input: unknown) => {
  try {
    parseWindow(input);
  } catch (error) {
    const refusal = error as DomainError;
    expect([refusal.kind, refusal.code]).toEqual(['invalid', 'invalid_window']);
    return refusal.details.errors!.map(({ pointer, code }) => `${pointer} ${code}`);
  }
  throw new Error('was accepted');
};

describe('parseWindow', () => {
  it('gives back what was written', () =>
    expect(parseWindow({ timeZone: 'Europe/Moscow', days: { mon: [range('09:00', '20:00')] } })).toEqual(
      on({ mon: [range('09:00', '20:00')] }, 'Europe/Moscow'),
    ));

  it.each<[unknown, string[]]>([
    [null, [' object_expected', '/timeZone unknown_time_zone', '/days object_expected']],
    ['09:00-20:00', [' object_expected', '/timeZone unknown_time_zone', '/days object_expected']],
    [{ timeZone: 'Europe/Nowhere', days: { mon: [range('09:00', '20:00')] } }, ['/timeZone unknown_time_zone']],
    [{ timeZone: 7, days: { mon: [range('09:00', '20:00')] } }, ['/timeZone unknown_time_zone']],
    [{ timeZone: 'UTC', days: {} }, ['/days never_open']],
    [
      { timeZone: 'UTC', days: { 1: [], Mon: [], monday: [] } },
      ['/days/1 unknown_field', '/days/Mon unknown_field', '/days/monday unknown_field'],
    ],
    [{ timeZone: 'UTC', days: { mon: [] }, 'a/b~': 1 }, ['/a~1b~0 unknown_field']],
    [{ timeZone: 'UTC', days: { mon: range('09:00', '20:00') } }, ['/days/mon array_expected']],
    [
      { timeZone: 'UTC', days: { mon: [range('9:00', '25:00')] } },
      ['/days/mon/0/from invalid_time', '/days/mon/0/to invalid_time'],
    ],
    [{ timeZone: 'UTC', days: { mon: [range('24:00', '09:00')] } }, ['/days/mon/0/from invalid_time']],
    [{ timeZone: 'UTC', days: { mon: [range('09:00', '09:00')] } }, ['/days/mon/0 empty_range']],
    [
      { timeZone: 'UTC', days: { mon: [{ from: '09:00', to: '10:00', x: 1 }, null] } },
      [
        '/days/mon/0/x unknown_field',
        '/days/mon/1 object_expected',
        '/days/mon/1/from invalid_time',
        '/days/mon/1/to invalid_time',
      ],
    ],
    [
      { timeZone: 'UTC', days: { tue: [range('09:00', '12:00'), range('11:59', '13:00')] } },
      ['/days/tue ranges_overlap'],
    ],
    [
      { timeZone: 'UTC', days: { tue: [range('22:00', '06:00'), range('23:00', '24:00')] } },
      ['/days/tue ranges_overlap'],
    ],
    [
      { timeZone: 'UTC', days: { tue: Array.from({ length: 13 }, () => range('09:00', '12:00')) } },
      ['/days/tue too_many'],
    ],
  ])('refuses %j', (input, errors) => expect(errorsOf(input)).toEqual(errors));

  it('survives any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        errorsOf(input);
      }),
    );
  });
});

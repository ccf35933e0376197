import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { addDays, isTimeZone, localDateAt, localTimeAt, localTimeToInstant, parseInstant } from './zoned-time.js';

const iso = (date: Date) => date.toISOString().replace(':00.000Z', 'Z');
const code = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

describe('localTimeToInstant', () => {
  it.each([
    ['2026-04-12', 'Europe/Athens', '2026-03-28T09:00Z'],
    ['2026-04-13', 'Europe/Athens', '2026-03-29T08:00Z'],
    ['2026-04-13', 'Europe/Warsaw', '2026-03-29T09:00Z'],
    ['2026-04-13', 'Europe/Moscow', '2026-03-29T08:00Z'],
    ['2026-11-08', 'Europe/Athens', '2026-10-24T08:00Z'],
    ['2026-11-09', 'Europe/Athens', '2026-10-25T09:00Z'],
    ['2028-03-15', 'Europe/Athens', '2028-02-29T09:00Z'],
    ['2027-03-15', 'Europe/Athens', '2027-02-28T09:00Z'],
  ])('15 days before %s at 11:00 in %s is %s', (expiry, zone, instant) =>
    expect(iso(localTimeToInstant(addDays(expiry, -15), '11:00', zone))).toBe(instant),
  );

  it.each([
    ['2026-03-29', '02:30', 'Europe/Warsaw', '2026-03-29T01:30Z'],
    ['2026-03-29', '03:30', 'Europe/Athens', '2026-03-29T01:30Z'],
    ['2026-03-29', '01:59', 'Europe/Warsaw', '2026-03-29T00:59Z'],
    ['2026-03-29', '02:00', 'Europe/Warsaw', '2026-03-29T01:00Z'],
    ['2026-03-29', '03:00', 'Europe/Warsaw', '2026-03-29T01:00Z'],
    ['2026-10-25', '02:30', 'Europe/Warsaw', '2026-10-25T00:30Z'],
    ['2026-10-25', '03:30', 'Europe/Athens', '2026-10-25T00:30Z'],
    ['2026-10-25', '03:00', 'Europe/Warsaw', '2026-10-25T02:00Z'],
    ['2026-10-25', '01:59', 'Europe/Warsaw', '2026-10-24T23:59Z'],
    ['2026-01-15', '09:00', 'Europe/Moscow', '2026-01-15T06:00Z'],
    ['2026-01-15', '00:00', 'Asia/Kathmandu', '2026-01-14T18:15Z'],
    ['2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T14:45Z'], // overlap of half an hour, the first
    ['2011-12-30', '10:00', 'Pacific/Apia', '2011-12-30T20:00Z'], // a day that did not exist
    ['2026-09-06', '00:00', 'America/Santiago', '2026-09-06T04:00Z'], // midnight inside the gap
    ['2026-01-01', '00:00', 'UTC', '2026-01-01T00:00Z'],
  ])('%s %s in %s is %s', (date, time, zone, instant) =>
    expect(iso(localTimeToInstant(date, time, zone))).toBe(instant),
  );

  it.each([
    ['2026-02-29', '10:00', 'Europe/Moscow', 'invalid_date'],
    ['2026-13-01', '10:00', 'Europe/Moscow', 'invalid_date'],
    ['2026-1-1', '10:00', 'Europe/Moscow', 'invalid_date'],
    ['0000-01-01', '10:00', 'Europe/Moscow', 'invalid_date'],
    ['12.04.2026', '10:00', 'Europe/Moscow', 'invalid_date'],
    ['2026-01-01', '24:00', 'Europe/Moscow', 'invalid_time'],
    ['2026-01-01', '9:00', 'Europe/Moscow', 'invalid_time'],
    ['2026-01-01', '10:60', 'Europe/Moscow', 'invalid_time'],
    ['2026-01-01', '10:00', 'Europe/Nowhere', 'unknown_time_zone'],
    ['2026-01-01', '10:00', '', 'unknown_time_zone'],
  ])('refuses %s %s in %j: %s', (date, time, zone, refusal) =>
    expect(code(() => localTimeToInstant(date, time, zone))).toBe(refusal),
  );

  it('agrees with Temporal in every zone, near transitions and elsewhere', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone').filter(isTimeZone));
    const nearTransition = fc.constantFrom(
      '2026-03-08',
      '2026-03-28',
      '2026-03-29',
      '2026-10-24',
      '2026-10-25',
      '2026-11-01',
      '2026-04-05',
      '2026-10-04',
      '2026-09-06',
      '2011-12-30',
      '2011-12-29',
      '2014-10-26',
      '2026-02-15',
      '2026-03-22',
    );
    const anyDay = fc.integer({ min: 0, max: 30_000 }).map((days) => addDays('1975-01-01', days));
    const minutes = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(zone, fc.oneof(nearTransition, anyDay), minutes, (timeZone, date, minute) => {
        const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const expected = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone);
        const instant = localTimeToInstant(date, time, timeZone);
        expect([timeZone, instant.toISOString()]).toEqual([
          timeZone,
          new Date(expected.epochMilliseconds).toISOString(),
        ]);
        expect(localDateAt(instant, timeZone)).toBe(expected.toPlainDate().toString());
        expect(localTimeAt(instant, timeZone)).toBe(expected.toPlainTime().toString({ smallestUnit: 'minute' }));
      }),
      { numRuns: 500 },
    );
  });
});

describe('isTimeZone', () => {
  it.each(['Europe/Moscow', 'europe/moscow', 'America/Argentina/Buenos_Aires', 'Etc/GMT-3', 'UTC', 'Europe/Kyiv'])(
    'knows %s',
    (zone) => expect(isTimeZone(zone)).toBe(true),
  );
  it.each([
    '',
    'Moscow',
    'CST',
    'EST',
    '+03:00',
    'GMT+3',
    'Europe/Nowhere',
    'Europe/Moscow ',
    'SystemV/EST5',
    'a'.repeat(1e5),
    '../etc',
  ])('does not take %j', (zone) => expect(isTimeZone(zone)).toBe(false));
});

describe('parseInstant', () => {
  it.each([
    ['2026-03-28T09:00:00Z', '2026-03-28T09:00:00.000Z'],
    ['2026-03-28t09:00:00z', '2026-03-28T09:00:00.000Z'],
    ['2026-03-28T12:00:00+03:00', '2026-03-28T09:00:00.000Z'],
    ['2026-03-28T00:30:00.5-08:30', '2026-03-28T09:00:00.500Z'],
    ['2026-03-28T09:00:00.123999Z', '2026-03-28T09:00:00.123Z'],
    ['2026-03-28T09:00:00-00:00', '2026-03-28T09:00:00.000Z'],
    ['2028-02-29T23:59:59+00:00', '2028-02-29T23:59:59.000Z'],
    ['2026-01-01T00:00:00+14:00', '2025-12-31T10:00:00.000Z'],
  ])('reads %s', (text, instant) => expect(parseInstant(text).toISOString()).toBe(instant));

  it.each(['2026-03-28T09:00:00', '2026-03-28T09:00:00.123'])('asks for an offset: %s', (text) =>
    expect(code(() => parseInstant(text))).toBe('offset_required'),
  );

  it.each([
    '',
    'now',
    '2026-03-28',
    '2026-03-28 09:00:00Z',
    '2026-03-28T09:00Z',
    '2026-02-29T09:00:00Z',
    '2026-02-29T09:00:00',
    '2026-00-10T09:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+3:00',
    '2026-01-01T00:00:00+0300',
    '2026-01-01T00:00:00 Z',
    '0000-01-01T00:00:00Z',
    '+012026-01-01T00:00:00Z',
    '1764000000',
    '2026-01-01T00:00:00Z\n',
    `2026-01-01T00:00:00.${'1'.repeat(1e5)}Z`,
    '２０２６-01-01T00:00:00Z',
  ])('refuses %j', (text) => expect(code(() => parseInstant(text))).toBe('invalid_instant'));

  it('reads back every instant that it can mean', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2999-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => expect(parseInstant(date.toISOString())).toEqual(date),
      ),
    );
  });
});

import { WallClockZone } from './wall-clock-zone.js';

describe('WallClockZone', () => {
  it.each([
    ['UTC', '2603010905', '2026-03-01T09:05:00.000Z'],
    ['Europe/Moscow', '260301090507', '2026-03-01T06:05:07.000Z'],
    ['Europe/Warsaw', '2603281200', '2026-03-28T11:00:00.000Z'],
    ['Europe/Warsaw', '2603291200', '2026-03-29T10:00:00.000Z'],
    ['Europe/Warsaw', '2603290230', '2026-03-29T01:30:00.000Z'],
    ['Europe/Athens', '2603290330', '2026-03-29T01:30:00.000Z'],
    ['Europe/Warsaw', '2610250230', '2026-10-25T00:30:00.000Z'],
    ['Europe/Athens', '2610250330', '2026-10-25T00:30:00.000Z'],
    ['Europe/Athens', '2610250430', '2026-10-25T02:30:00.000Z'],
    ['America/New_York', '2607010000', '2026-07-01T04:00:00.000Z'],
    ['Asia/Kolkata', '2607010000', '2026-06-30T18:30:00.000Z'],
  ])('%s at %s is %s', (zone, text, instant) =>
    expect(new WallClockZone(zone).read(text)?.toISOString()).toBe(instant),
  );

  it('reads one date after the other', () => {
    const zone = new WallClockZone('Europe/Warsaw');
    expect(['2603291200', '2603291200', '', '2603281200'].map((text) => zone.read(text)?.toISOString())).toEqual([
      '2026-03-29T10:00:00.000Z',
      '2026-03-29T10:00:00.000Z',
      undefined,
      '2026-03-28T11:00:00.000Z',
    ]);
  });

  it('refuses a zone that does not exist', () =>
    expect(() => new WallClockZone('Europe/Atlantis')).toThrow(RangeError));
});

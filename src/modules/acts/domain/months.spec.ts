import { beginningOf, lastDayOf, monthAt, monthsBetween, nextMonth, previousMonth } from './months.js';

describe('months of a zone', () => {
  it('begin at its midnight', () => {
    expect(monthAt(new Date('2025-12-31T21:30:00Z'), 'Europe/Moscow')).toBe('2026-01-01');
    expect(monthAt(new Date('2025-12-31T21:30:00Z'), 'Europe/Warsaw')).toBe('2025-12-01');
    expect(beginningOf('2026-04-01', 'Europe/Athens').toISOString()).toBe('2026-03-31T21:00:00.000Z');
  });

  it('follow each other', () => {
    expect([nextMonth('2025-12-01'), previousMonth('2026-01-01')]).toEqual(['2026-01-01', '2025-12-01']);
    expect(monthsBetween('2025-11-01', '2026-01-01')).toEqual(['2025-11-01', '2025-12-01', '2026-01-01']);
    expect(monthsBetween('2026-02-01', '2026-01-01')).toEqual([]);
    expect([lastDayOf('2026-12-01'), lastDayOf('2028-02-01')]).toEqual(['2026-12-31', '2028-02-29']);
  });
});

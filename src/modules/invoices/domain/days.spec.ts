import { addDays, dayInZone } from './days.js';

describe('days of documents', () => {
  it('are those of the customer’s zone', () => {
    const instant = new Date('2025-12-31T21:30:00Z');
    expect(dayInZone(instant, 'Europe/Moscow')).toBe('2026-01-01');
    expect(dayInZone(instant, 'Europe/Warsaw')).toBe('2025-12-31');
  });
  it('add up over leap years', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
  });
});

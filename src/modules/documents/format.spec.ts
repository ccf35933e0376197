import { formatAmount, formatCount, formatDay, formatRate } from './format.js';

describe('what stands on documents', () => {
  it('is written as people of the language write it', () => {
    expect(formatAmount(5_000_000_000n, 'RUB', 'ru')).toBe('5\u00a0000,00\u00a0₽');
    expect(formatAmount(-1_234_560_000n, 'EUR', 'en')).toBe('-1,234.56\u00a0€');
    expect(formatAmount(-100_000_000n, 'PLN', 'pl')).toBe('-100,00\u00a0zł');
    expect(formatCount(12_345, 'el')).toBe('12.345');
    expect(formatDay('2026-01-12', 'ru')).toBe('12.01.2026');
    expect(formatDay('2026-01-12', 'en')).toBe('2026-01-12');
    expect(formatRate(2200, 'none')).toBe('22\u00a0%');
    expect(formatRate(null, 'none')).toBe('none');
  });
});

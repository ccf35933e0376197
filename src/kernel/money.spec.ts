import { divideRounded, formatMicros, MAX_MICROS, parseMicros, roundToMinor } from './money.js';

describe('money', () => {
  it.each([
    ['0', 0n],
    ['0.0333', 33_300n],
    ['5000', 5_000_000_000n],
    ['-1.000001', -1_000_001n],
    ['1000000000000', MAX_MICROS],
  ])('reads %s', (text, micros) => expect(parseMicros(text)).toBe(micros));

  it.each(['', ' 1', '+1', '1e3', '1,5', '1.', '.5', '1.0000001', '1000000000000.000001', '1'.repeat(30), 'NaN', '٣'])(
    'refuses %p',
    (text) => expect(() => parseMicros(text)).toThrow('invalid_amount'),
  );

  it('formats with six decimals, sign first', () => {
    expect(formatMicros(33_300n)).toBe('0.033300');
    expect(formatMicros(-1n)).toBe('-0.000001');
    expect(formatMicros(5_000_000_000n)).toBe('5000.000000');
  });

  it('rounds half away from zero, in one place', () => {
    expect(divideRounded(5n, 2n)).toBe(3n);
    expect(divideRounded(-5n, 2n)).toBe(-3n);
    expect(divideRounded(4n, 3n)).toBe(1n);
    expect(roundToMinor(1_005_000n)).toBe(1_010_000n);
    expect(roundToMinor(1_004_999n)).toBe(1_000_000n);
  });
});

import fc from 'fast-check';
import { answeredMessageId, canonicalMessageId } from './message-id.js';

describe('canonicalMessageId', () => {
  it.each([
    ['exact', '00aB', '00aB'],
    ['hex_to_dec', 'A1F', '2591'],
    ['hex_to_dec', '0x0a1f', '002591'],
    ['hex_to_dec', '112210F47DE98115', '1234567890123456789'],
    ['dec_to_hex', '2591', '00000A1F'],
    ['dec_to_hex', '1234567890123456789', '112210f47de98115'],
    ['strip_leading_zeros', '0000123', '123'],
    ['strip_leading_zeros', '0', '000'],
    ['strip_leading_zeros', '0abc', 'abc'],
  ] as const)('%s: an answer of %s meets a report of %s', (mode, answer, report) =>
    expect(canonicalMessageId(mode, 'answer', answer)).toBe(canonicalMessageId(mode, 'report', report)),
  );

  it('keeps ids past 2^53 apart', () => {
    const id = (hex: string) => canonicalMessageId('hex_to_dec', 'answer', hex);
    expect(id('20000000000000')).not.toBe(id('20000000000001'));
    expect(canonicalMessageId('strip_leading_zeros', 'answer', '9007199254740993')).toBe('9007199254740993');
  });

  it('never makes two ids of one, in any numeric mode', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), fc.bigInt({ min: 0n, max: 2n ** 80n }), (one, other) => {
        for (const mode of ['hex_to_dec', 'dec_to_hex'] as const) {
          const answerRadix = mode === 'hex_to_dec' ? 16 : 10;
          const answer = canonicalMessageId(mode, 'answer', one.toString(answerRadix));
          const report = canonicalMessageId(mode, 'report', other.toString(26 - answerRadix));
          expect(answer === report).toBe(one === other);
        }
      }),
    );
  });

  it.each(['hex_to_dec', 'dec_to_hex'] as const)('%s leaves alone what is no number', (mode) => {
    for (const side of ['answer', 'report'] as const) expect(canonicalMessageId(mode, side, 'x-1')).toBe('x-1');
  });

  it('drops what no database could store', () =>
    expect(canonicalMessageId('exact', 'answer', ' 1\u00002\n')).toBe('12'));

  it('leaves an empty id empty', () => {
    for (const mode of ['exact', 'hex_to_dec', 'dec_to_hex', 'strip_leading_zeros'] as const)
      expect(canonicalMessageId(mode, 'report', '')).toBe('');
  });
});

describe('answeredMessageId', () => {
  it.each([
    ['exact', '00aB'],
    ['hex_to_dec', 'A1F'],
    ['hex_to_dec', '112210F47DE98115'],
    ['hex_to_dec', 'no-hex'],
    ['dec_to_hex', '1234567890123456789'],
    ['strip_leading_zeros', '123'],
  ] as const)('%s: spells %s as the answer did', (mode, answer) =>
    expect(answeredMessageId(mode, canonicalMessageId(mode, 'answer', answer))).toBe(answer),
  );
});

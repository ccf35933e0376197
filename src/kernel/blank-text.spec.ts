import { isBlank } from './blank-text.js';

describe('a blank text', () => {
  it.each([
    '',
    ' ',
    '\t\r\n',
    '\u00a0\u2003\u3000',
    '\u200b\u200c\u200d\ufeff',
    '\u2060\u00ad\u202e',
    '\u3164\u115f\uffa0',
    '\u2800',
    '\ufe0f',
    '\u0000\u001b\u0085',
    '\u{e0020}',
  ])('shows nothing: %j', (text) => expect(isBlank(text)).toBe(true));

  it.each(['a', ' . ', 'Привет', '👩\u200d⚕️', '\u200b1', '中', 'ὦ'])('shows something: %j', (text) =>
    expect(isBlank(text)).toBe(false),
  );
});

import fc from 'fast-check';
import { GSM7_BASIC, GSM7_EXTENSION, septetsOf } from './gsm7.js';
import { isPlainUnit, MAX_FORCED_BY, measure, normaliseText, splitParts } from './sms-parts.js';

const a = (count: number) => 'a'.repeat(count);
const ya = (count: number) => 'я'.repeat(count);
const isWellFormed = (text: string) => !/\p{Surrogate}/u.test(text);
const lengths = (text: string) => splitParts(text).parts.map((part) => part.length);

describe('measure', () => {
  it.each([
    ['empty', '', 'gsm7', 1, 0, 160],
    ['160 GSM-7', a(160), 'gsm7', 1, 160, 160],
    ['161 GSM-7', a(161), 'gsm7', 2, 161, 153],
    ['306 GSM-7', a(306), 'gsm7', 2, 306, 153],
    ['307 GSM-7', a(307), 'gsm7', 3, 307, 153],
    ['158 a and a euro', `${a(158)}€`, 'gsm7', 1, 160, 160],
    ['159 a and a euro', `${a(159)}€`, 'gsm7', 2, 161, 153],
    ['an extension character across the cut', `${a(152)}€${'b'.repeat(152)}`, 'gsm7', 3, 306, 153],
    ['80 braces', '{'.repeat(80), 'gsm7', 1, 160, 160],
    ['81 braces', '{'.repeat(81), 'gsm7', 2, 162, 153],
    ['70 Cyrillic', ya(70), 'ucs2', 1, 70, 70],
    ['71 Cyrillic', ya(71), 'ucs2', 2, 71, 67],
    ['134 Cyrillic', ya(134), 'ucs2', 2, 134, 67],
    ['135 Cyrillic', ya(135), 'ucs2', 3, 135, 67],
    ['a surrogate pair across the cut', `${ya(66)}😜${ya(66)}`, 'ucs2', 3, 134, 67],
    ['a surrogate pair before the cut', `${ya(65)}😜${ya(67)}`, 'ucs2', 2, 134, 67],
    ['35 emoji', '😜'.repeat(35), 'ucs2', 1, 70, 70],
    ['36 emoji', '😜'.repeat(36), 'ucs2', 2, 72, 67],
    ['one Polish letter in 160', `${a(159)}ą`, 'ucs2', 3, 160, 67],
    ['decomposed й', `${ya(69)}и\u0306`, 'ucs2', 1, 70, 70],
    ['CRLF', `${a(159)}\r\n`, 'gsm7', 1, 160, 160],
    ['line feed and form feed', '\n\f', 'gsm7', 1, 3, 160],
  ])('%s', (_name, text, encoding, parts, units, perPart) => {
    expect(measure(text)).toMatchObject({ encoding, parts, units, perPart });
    expect(splitParts(text).parts).toHaveLength(parts);
  });

  it.each([
    ['Ç', []],
    ['ç', ['ç']],
    ['a\tb', ['\t']],
    ['1\u00a0000', ['\u00a0']],
    ['`', ['`']],
    ['ΓΔΘΛΞΠΣΦΨΩ', []],
    ['ΑΒΓ', ['Α', 'Β']],
    ['άλφα', ['ά', 'λ', 'φ', 'α']],
    ['Zażółć gęślą', ['ż', 'ó', 'ł', 'ć', 'ę']],
    ['Привет', ['П', 'р', 'и', 'в', 'е']],
    ['“quoted” – text…', ['“', '”', '–', '…']],
    ['ok 😜😜', ['😜']],
    ['\u2126', []], // the ohm sign is a capital omega under NFC
    ['\u212b', []], // and the angstrom sign an Å
    ['e\u0301', []],
    ['c\u0327', ['ç']],
  ])('names what forced UCS-2 in %p', (text, forced) => {
    expect(measure(text)).toMatchObject({ forcedBy: forced, encoding: forced.length > 0 ? 'ucs2' : 'gsm7' });
    expect(forced.length).toBeLessThanOrEqual(MAX_FORCED_BY);
  });
});

describe('splitParts', () => {
  it('never cuts an extension character', () => {
    expect(splitParts(`${a(152)}€${'b'.repeat(152)}`).parts).toEqual([a(152), `€${'b'.repeat(151)}`, 'b']);
  });

  it('never cuts a surrogate pair', () => {
    expect(splitParts(`${ya(66)}😜${ya(66)}`).parts).toEqual([ya(66), `😜${ya(65)}`, 'я']);
  });

  it('never cuts a grapheme: family, flag, skin tone, combining mark', () => {
    expect(lengths(`${ya(60)}👨‍👩‍👧‍👦${ya(30)}`)).toEqual([60, 41]);
    expect(lengths(`${ya(65)}🇵🇱${ya(10)}`)).toEqual([65, 14]);
    expect(lengths(`${ya(64)}👍🏽${ya(10)}`)).toEqual([64, 14]);
    expect(lengths(`${ya(66)}я\u0301${ya(10)}`)).toEqual([66, 12]);
  });

  it('cuts a grapheme longer than a part between code points, and wastes no part on it', () => {
    expect(lengths(`я${'\u0301'.repeat(150)}`)).toEqual([67, 67, 17]);
    expect(lengths(`ab${ya(2)}${'\u0301'.repeat(80)}${ya(2)}`)).toEqual([67, 19]);
    const joined = '👩‍'.repeat(40);
    const { parts } = splitParts(joined);
    expect(parts.join('')).toBe(joined);
    expect(parts.every((part) => isWellFormed(part))).toBe(true);
  });

  it('stays linear on long texts', () => {
    const started = performance.now();
    for (const unit of ['😜', '👨‍👩‍👧', 'e\u0302\u0301', '🇵🇱', '\u0301', '👩‍']) measure(unit.repeat(50_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('keeps one part whole', () => {
    expect(splitParts('')).toEqual({ encoding: 'gsm7', parts: [''] });
    expect(splitParts(a(160)).parts).toEqual([a(160)]);
  });
});

describe('normaliseText', () => {
  it.each([
    ['a\r\nb\rc\n', 'a\nb\nc\n'],
    ['e\u0301', 'é'],
    ['a\u0000b\u001bc\u007f\u0085', 'abc'],
    ['\ttab\f', '\ttab\f'],
    ['\ud83d x \ude1c', '\ufffd x \ufffd'],
    ['😜', '😜'],
  ])('turns %j into %j', (text, normal) => expect(normaliseText(text)).toBe(normal));

  it('holds every plain unit against ICU', () => {
    const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
    const plain = Array.from({ length: 0x10000 }, (_, unit) => unit).filter(isPlainUnit);
    for (let first = 0; first < plain.length; first += 100) {
      const text = String.fromCharCode(...plain.slice(first, first + 101));
      expect(text.normalize('NFC')).toBe(text);
      expect([...graphemes.segment(text)]).toHaveLength(text.length);
      expect([...graphemes.segment(Array.from(text).reverse().join(''))]).toHaveLength(text.length);
    }
    expect(plain.every((unit) => !/\p{M}/u.test(String.fromCharCode(unit)))).toBe(true);
    // Every GSM-7 character but CR, which normalisation removes, is plain: such texts are never normalised.
    const alphabet = [...Array.from(GSM7_BASIC), ...Object.keys(GSM7_EXTENSION)].filter(
      (c) => c !== '\r' && c !== '\u001b',
    );
    expect(alphabet.every((character) => isPlainUnit(character.charCodeAt(0)))).toBe(true);
  });
});

/** Texts that are hard on cuts: long runs near 67 and 153, marks, joiners, flags, surrogates, controls, halves of pairs. */
const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom('a', 'я', '€', '{', 'ą', '漢'), fc.integer({ min: 1, max: 160 })) },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '😜',
        '\u0301',
        '\u200d',
        '👨‍👩‍👧',
        '🇵🇱',
        '👍🏽',
        '\r\n',
        '\r',
        '\u0000',
        '각',
        'क्ष',
        '\ud83d',
        '\ude1c',
        '각',
      ),
      fc.integer({ min: 1, max: 40 }),
    ),
  },
);
const hardText = fc
  .array(pieces, { maxLength: 8 })
  .map((list) => list.map(([text, times]) => text.repeat(times)).join(''));
const anyText = fc.oneof(
  hardText,
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const cost = (text: string, encoding: string) =>
  encoding === 'ucs2'
    ? text.length
    : Array.from(text, (c) => septetsOf(c.charCodeAt(0))).reduce((sum, n) => sum + n, 0);

describe('what was counted is what is sent', () => {
  it('counts the parts that the split makes, loses nothing, overfills nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const counted = measure(text);
        const { encoding, parts } = splitParts(text);
        expect(parts).toHaveLength(counted.parts);
        expect(encoding).toBe(counted.encoding);
        expect(parts.join('')).toBe(normaliseText(text));
        expect(cost(parts.join(''), encoding)).toBe(counted.units);
        expect(parts.every((part) => cost(part, encoding) <= counted.perPart)).toBe(true);
        expect(parts.length === 1 || parts.every((part) => part.length > 0)).toBe(true);
        expect(parts.every((part) => isWellFormed(part))).toBe(true);
        expect(counted.forcedBy.length > 0).toBe(encoding === 'ucs2');
        for (const character of counted.forcedBy) expect(parts.join('')).toContain(character);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same for a text that was normalised before', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const normal = normaliseText(text);
        expect(normaliseText(normal)).toBe(normal);
        expect(measure(normal)).toEqual(measure(text));
        expect(splitParts(normal)).toEqual(splitParts(text));
      }),
      { numRuns: 150 },
    );
  });

  it('cuts graphemes only when they are longer than a part, and is greedy', () => {
    const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
    fc.assert(
      fc.property(anyText, (raw) => {
        const { encoding, parts } = splitParts(raw);
        if (encoding === 'gsm7' || parts.length === 1) return;
        const text = parts.join('');
        const segments = graphemes.segment(text);
        let offset = 0;
        for (const part of parts.slice(0, -1)) {
          offset += part.length;
          const at = segments.containing(offset)!;
          if (at.index !== offset) expect(at.segment.length).toBeGreaterThan(67);
          // What comes next would not have fitted any more, as a grapheme or at least as a code point.
          const next = at.segment.length > 67 ? String.fromCodePoint(text.codePointAt(offset)!) : at.segment;
          expect(part.length + next.length).toBeGreaterThan(67);
        }
      }),
      { numRuns: 150 },
    );
  });
});

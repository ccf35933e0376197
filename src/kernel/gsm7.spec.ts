import fc from 'fast-check';
import { decodeGsm7, encodeGsm7, GSM7_BASIC, GSM7_EXTENSION, septetsOf } from './gsm7.js';

const ALPHABET = [...Array.from(GSM7_BASIC.replace('\u001b', '')), ...Object.keys(GSM7_EXTENSION)];

describe('GSM-7', () => {
  it('has 127 basic characters and 10 in the extension table', () => {
    expect(GSM7_BASIC).toHaveLength(128);
    expect(new Set(GSM7_BASIC).size).toBe(128);
    const units = Array.from({ length: 0x10000 }, (_, unit) => septetsOf(unit));
    expect(units.filter((cost) => cost === 1)).toHaveLength(127);
    expect(units.filter((cost) => cost === 2)).toHaveLength(10);
  });

  it.each([
    ['@', [0x00]],
    ['€', [0x1b, 0x65]],
    ['Ç', [0x09]],
    ['à', [0x7f]],
    ['[]{}~|\\^', [0x1b, 0x3c, 0x1b, 0x3e, 0x1b, 0x28, 0x1b, 0x29, 0x1b, 0x3d, 0x1b, 0x40, 0x1b, 0x2f, 0x1b, 0x14]],
    ['Ξ1A', [0x1a, 0x31, 0x41]],
    ['', []],
  ])('encodes %p', (text, octets) => expect([...encodeGsm7(text)!]).toEqual(octets));

  it.each(['ç', '\t', '\u00a0', '`', 'Α', 'ą', 'я', '😜', '\u001b', '’'])('does not encode %p', (text) =>
    expect(encodeGsm7(text)).toBeNull(),
  );

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ALPHABET)), (characters) => {
        const text = characters.join('');
        expect(decodeGsm7(encodeGsm7(text)!)).toBe(text);
      }),
    );
  });

  it('reads an unknown extension from the basic table and a dangling escape as a blank', () => {
    expect(decodeGsm7(Uint8Array.of(0x1b, 0x41, 0x1b))).toBe('A ');
    expect(decodeGsm7(Uint8Array.of(0x1b, 0x1b, 0x41))).toBe(' A');
  });
});

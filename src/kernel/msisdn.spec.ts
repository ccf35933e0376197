import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.max.json';
import { maskMsisdn, parseMsisdn } from './msisdn.js';

describe('parseMsisdn', () => {
  it.each([
    ['+79161234567', undefined, '79161234567', 'RU', 'mobile'],
    ['79161234567', undefined, '79161234567', 'RU', 'mobile'],
    ['79161234567', 'RU', '79161234567', 'RU', 'mobile'],
    ['79161234567', 'PL', '79161234567', 'RU', 'mobile'],
    ['0079161234567', 'GR', '79161234567', 'RU', 'mobile'],
    ['89161234567', 'RU', '79161234567', 'RU', 'mobile'],
    ['8 (916) 123-45-67', 'RU', '79161234567', 'RU', 'mobile'],
    ['+7 (916) 123-45-67', undefined, '79161234567', 'RU', 'mobile'],
    ['9161234567', 'ru', '79161234567', 'RU', 'mobile'],
    ['+7 8 916 123 45 67', undefined, '79161234567', 'RU', 'mobile'],
    ['8 916 123 45 67', 'KZ', '79161234567', 'RU', 'mobile'],
    ['810 48 601 234 567', 'RU', '48601234567', 'PL', 'mobile'],
    ['0048601234567', 'RU', '48601234567', 'PL', 'mobile'],
    ['+7 495 123-45-67', undefined, '74951234567', 'RU', 'fixed'],
    ['8 800 555 35 35', 'RU', '78005553535', 'RU', 'other'],
    ['+77011234567', undefined, '77011234567', 'KZ', 'mobile'],
    ['8 701 123 45 67', 'RU', '77011234567', 'KZ', 'mobile'],
    ['+7 727 250 00 00', undefined, '77272500000', 'KZ', 'fixed'],
    ['601 234 567', 'PL', '48601234567', 'PL', 'mobile'],
    ['22 123 45 67', 'PL', '48221234567', 'PL', 'fixed'],
    ['+48 601-234-567', 'RU', '48601234567', 'PL', 'mobile'],
    ['6912345678', 'GR', '306912345678', 'GR', 'mobile'],
    ['+30 210 123 4567', undefined, '302101234567', 'GR', 'fixed'],
    ['+30\u00a0691\u2011234\u20115678', undefined, '306912345678', 'GR', 'mobile'],
    ['\u202a+79161234567\u202c', undefined, '79161234567', 'RU', 'mobile'],
    ['  +79161234567\t', undefined, '79161234567', 'RU', 'mobile'],
    ['+44 (0)7400 123456', undefined, '447400123456', 'GB', 'mobile'],
    ['07400 123456', 'GB', '447400123456', 'GB', 'mobile'],
    ['0171 1234567', 'DE', '491711234567', 'DE', 'mobile'],
    ['+1 202 555 0100', undefined, '12025550100', 'US', 'mobile'],
    ['(202) 555-0100', 'US', '12025550100', 'US', 'mobile'],
    ['+39 06 1234 5678', undefined, '390612345678', 'IT', 'fixed'],
    ['+380 50 123 4567', undefined, '380501234567', 'UA', 'mobile'],
    ['+375 29 123-45-67', undefined, '375291234567', 'BY', 'mobile'],
    ['+800 1234 5678', undefined, '80012345678', '', 'other'],
    ['011 15 2345 6789', 'AR', '5491123456789', 'AR', 'mobile'],
  ])('reads %j at home in %s', (input, country, digits, of, type) =>
    expect(parseMsisdn(input, country)).toEqual({ ok: true, digits, country: of, type }),
  );

  it.each([
    [''],
    [' '],
    ['+'],
    ['()'],
    ['abc'],
    ['😜'],
    ['7916123456'],
    ['791612345678'],
    ['+7 916 123 45 6'],
    ['1'.repeat(30)],
    ['7'.repeat(100_000)],
    ['+7916123456'.repeat(3)],
    ['89161234567'], // a trunk prefix, but of which country
    ['601234567'],
    ['+7 916 123-45-67 ext. 5'],
    ['+79161234567,+79161234568'],
    ['601234567/8', 'PL'],
    ['++79161234567'],
    ['7+9161234567'],
    ['000079161234567'],
    ['+0079161234567'],
    ['+1 800 FLOWERS'],
    ['tel:+79161234567'],
    ['٧٩١٦١٢٣٤٥٦٧'],
    ['+79161234567\u0000'],
    ['+999123456789'],
    ['112', 'RU'],
    ['900', 'RU'],
    ['-79161234567e0'],
    ['9161234567', 'XX'],
    ['9161234567', '__proto__'],
    ['9161234567', ''],
    ['NaN'],
    ['null'],
  ])('refuses %j', (...[input, country]) =>
    expect(parseMsisdn(input, country)).toEqual({ ok: false, code: 'invalid_number' }),
  );

  it('reads a number with an unknown default country when it is international', () =>
    expect(parseMsisdn('79161234567', 'XX')).toMatchObject({ ok: true, country: 'RU' }));

  it('knows the mobile example of every country, in every spelling', () => {
    for (const country of getCountries(metadata)) {
      const national = (examples as Record<string, string>)[country]!;
      const digits = getCountryCallingCode(country, metadata) + national;
      // Some islands share their ranges with a mainland; the number is then given to the mainland.
      const expected = { ok: true, digits, type: 'mobile' };
      for (const input of [`+${digits}`, digits, `00${digits}`, `+${digits.slice(0, 4)} (${digits.slice(4)})`])
        expect(parseMsisdn(input)).toMatchObject(expected);
      expect(parseMsisdn(national, country)).toMatchObject(expected);
    }
  });
});

/** The library alone, without our shortcuts. */
function byLibrary(text: string, country?: CountryCode) {
  const number = parsePhoneNumberFromString(text, { defaultCountry: country }, metadata);
  if (!number?.isValid()) return null;
  const type = number.getType();
  return {
    ok: true,
    digits: number.number.slice(1),
    country: number.country ?? '',
    type: type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE' ? 'mobile' : type === 'FIXED_LINE' ? 'fixed' : 'other',
  };
}

const invalid = { ok: false, code: 'invalid_number' };
const country = fc.constantFrom(
  ...getCountries(metadata),
  'RU' as const,
  'KZ' as const,
  'PL' as const,
  'GR' as const,
  'DE' as const,
);
/** Numbers of a country whose last digits, or all of them, are arbitrary: most fall near the edges of ranges. */
const national = country.chain((code) => {
  const example = (examples as Record<string, string>)[code]!;
  return fc
    .tuple(
      fc.integer({ min: 0, max: example.length }),
      fc.stringMatching(/^\d{1,10}$/),
      fc.constantFrom('', '0', '8', '1', '06'),
    )
    .map(([kept, rest, trunk]) => ({
      code,
      digits: (trunk + (example.slice(0, kept) + rest)).slice(0, example.length + trunk.length),
    }));
});

describe('shortcuts around the library', () => {
  it('agree with it on international numbers', () => {
    fc.assert(
      fc.property(national, ({ code, digits }) => {
        const input = `+${getCountryCallingCode(code, metadata)}${digits}`;
        if (input.length < 7 || input.length > 16) return;
        expect(parseMsisdn(input)).toEqual(byLibrary(input) ?? invalid);
      }),
      { numRuns: 1000 },
    );
  });

  it('take a number for a national one of a country that shares the calling code', () =>
    expect([parseMsisdn('35885000', 'AX'), parseMsisdn('358410000', 'AX')]).toMatchObject([
      { digits: '35835885000', country: 'FI', type: 'fixed' },
      { digits: '358410000', country: 'FI', type: 'mobile' },
    ]));

  it('agree with it on national numbers', () => {
    fc.assert(
      fc.property(national, fc.boolean(), ({ code, digits }, withCallingCode) => {
        const input = withCallingCode ? getCountryCallingCode(code, metadata) + digits : digits;
        if (input.length < 6 || input.length > 15 || input.startsWith('00')) return;
        const expected = byLibrary(input, code) ?? byLibrary(`+${input}`);
        expect(parseMsisdn(input, code)).toEqual(expected ?? invalid);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('any input', () => {
  it('is answered, and what is accepted reads the same again', () => {
    const piece = fc.constantFrom(
      '+',
      '00',
      '8',
      '7',
      '916',
      '123',
      '4567',
      ' ',
      '-',
      '(',
      ')',
      'a',
      '😜',
      '\u0000',
      '٣',
      ';',
      '#',
    );
    const input = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((list) => list.join('')),
      fc.string({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(input, fc.constantFrom(undefined, 'RU', 'PL', 'zz'), (text, country) => {
        const result = parseMsisdn(text, country);
        if (!result.ok) return;
        expect(result.digits).toMatch(/^[1-9]\d{5,14}$/);
        expect(parseMsisdn(`+${result.digits}`)).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });
});

describe('maskMsisdn', () => {
  it.each([
    ['79161234567', '7916*****67'],
    ['48601234567', '4860*****67'],
    ['306912345678', '3069******78'],
    ['123456789', '1234***89'],
    ['12345678', '********'],
    ['', ''],
  ])('%s becomes %s', (digits, masked) => expect(maskMsisdn(digits)).toBe(masked));
});

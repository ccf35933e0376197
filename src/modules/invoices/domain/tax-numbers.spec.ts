import { checkTaxIdentity, isAfm, isInn, isNip, normaliseTaxNumber } from './tax-numbers.js';

describe('tax numbers', () => {
  it.each(['7707083893', '7736050003', '500100732259'])('takes the INN %s', (inn) => expect(isInn(inn)).toBe(true));
  it.each(['7707083894', '500100732258', '500100732269', '12345', '', 'abcdefghij'])('refuses the INN %p', (inn) =>
    expect(isInn(inn)).toBe(false),
  );
  it('checks the NIP', () => {
    expect(isNip('5260250274')).toBe(true);
    expect(isNip('5260250275')).toBe(false);
  });
  it('checks the ΑΦΜ', () => {
    expect(isAfm('094014201')).toBe(true);
    expect(isAfm('094014202')).toBe(false);
    expect(isAfm('000000000')).toBe(false);
  });

  it('names the field that is wrong', () => {
    expect(checkTaxIdentity({ country: 'RU', taxNumber: '7707083893', taxReasonCode: '773601001' })).toEqual([]);
    expect(checkTaxIdentity({ country: 'RU', taxNumber: '7707083893', taxReasonCode: '77' })).toEqual([
      { pointer: '/taxReasonCode', code: 'invalid_kpp' },
    ]);
    expect(checkTaxIdentity({ country: 'RU', taxNumber: '500100732259', taxReasonCode: '773601001' })).toEqual([
      { pointer: '/taxReasonCode', code: 'kpp_not_for_entrepreneurs' },
    ]);
    expect(checkTaxIdentity({ country: 'PL', taxNumber: '1' })).toEqual([
      { pointer: '/taxNumber', code: 'invalid_nip' },
    ]);
    expect(checkTaxIdentity({ country: 'GR', taxNumber: '1' })).toEqual([
      { pointer: '/taxNumber', code: 'invalid_afm' },
    ]);
    expect(checkTaxIdentity({ country: 'DE', taxNumber: 'DE811569869' })).toEqual([]);
    expect(checkTaxIdentity({ country: 'DE', taxNumber: 'x' })).toEqual([
      { pointer: '/taxNumber', code: 'invalid_tax_number' },
    ]);
    expect(checkTaxIdentity({ country: 'DE', taxNumber: 'DE811569869', taxReasonCode: '1' })).toHaveLength(1);
  });

  it('reads numbers as people type them', () => {
    expect(normaliseTaxNumber('PL', 'PL 526-025-02-74')).toBe('5260250274');
    expect(normaliseTaxNumber('GR', 'EL094014201')).toBe('094014201');
    expect(normaliseTaxNumber('RU', '7707 083 893')).toBe('7707083893');
  });
});

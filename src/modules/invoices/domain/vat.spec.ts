import { addVat, extractVat } from './vat.js';

const units = (text: string): bigint => BigInt(text.replace('.', '')) * 10_000n;

describe('VAT', () => {
  it.each([
    ['5000.00', 2200, '4098.36', '901.64'],
    ['0.01', 2200, '0.01', '0.00'],
    ['64.48', 2400, '52.00', '12.48'],
    ['100.00', 2300, '81.30', '18.70'],
    ['100.00', null, '100.00', '0.00'],
    ['105.00', 500, '100.00', '5.00'],
  ])('finds the VAT in %s at %p', (gross, rate, net, vat) => {
    expect(extractVat(units(gross), rate)).toEqual({
      rateBps: rate,
      netMicros: units(net),
      vatMicros: units(vat),
      grossMicros: units(gross),
    });
  });

  it('adds VAT once per category: the broker’s pack of 52 € at 24 %', () => {
    expect(addVat(units('52.00'), 2400)).toMatchObject({ vatMicros: units('12.48'), grossMicros: units('64.48') });
  });

  it('net and VAT are always the gross', () => {
    for (let minor = 1n; minor < 5000n; minor++) {
      const { netMicros, vatMicros, grossMicros } = extractVat(minor * 10_000n, 2200);
      expect(netMicros + vatMicros).toBe(grossMicros);
    }
  });

  it('refuses more than two decimals', () => expect(() => extractVat(1n, 2200)).toThrow(RangeError));
});

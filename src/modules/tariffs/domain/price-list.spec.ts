import { PriceList, type Tariff } from './price-list.js';

const tariff: Tariff = {
  id: 't',
  code: 'standard',
  name: 'Standard',
  currency: 'EUR',
  chargeOn: 'submit',
  refundUndelivered: false,
  traffic: 'platform',
  isDefault: true,
  features: [],
  version: 1,
};
const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const price = (prefix: string, day: number, micros: number) => ({
  prefix,
  validFrom: at(day),
  priceMicros: BigInt(micros),
});

describe('price list', () => {
  const list = new PriceList(tariff, [
    price('', 1, 100),
    price('7', 1, 20),
    price('77', 1, 60),
    price('7', 10, 25),
    price('7', 5, 22),
    price('7916', 8, 0),
    price('48', 20, 30),
  ]);

  it.each([
    ['79161234567', 9, 0n, 'the longest prefix, even when it is free'],
    ['79161234567', 7, 22n, 'a prefix that has no price yet does not hide a shorter one'],
    ['77011234567', 9, 60n, 'Kazakhstan is not Russia'],
    ['79031234567', 1, 20n, 'the first price, from its first instant on'],
    ['79031234567', 5, 22n, 'the second one'],
    ['79031234567', 30, 25n, 'the newest one'],
    ['48501234567', 19, 100n, 'before its price begins a prefix is everywhere else'],
    ['48501234567', 20, 30n, 'its own price afterwards'],
    ['4', 30, 100n, 'a number shorter than the prefix'],
  ])('%s on day %i costs %s: %s', (digits, day, micros) =>
    expect(list.find(digits, at(day))?.priceMicros).toBe(micros),
  );

  it('shows the prices in force, one per prefix', () => {
    expect(list.current(at(9)).map(({ prefix, priceMicros }) => [prefix, priceMicros])).toEqual([
      ['', 100n],
      ['7', 22n],
      ['77', 60n],
      ['7916', 0n],
    ]);
  });

  it('has no price without an empty prefix, or before every price', () => {
    expect(new PriceList(tariff, [price('7', 1, 20)]).find('48501234567', at(2))).toBeNull();
    expect(list.find('79031234567', new Date(0))).toBeNull();
    expect(new PriceList(tariff, []).find('1', at(1))).toBeNull();
  });
});

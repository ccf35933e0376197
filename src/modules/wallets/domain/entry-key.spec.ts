import { ledgerKey } from './entry-key.js';

describe('ledger key', () => {
  it('stays readable while it fits', () => expect(ledgerKey('hold', 'wallet', 'batch')).toBe('hold:wallet:batch'));

  it('fits whatever it is made of, and still tells names apart', () => {
    const [one, other] = [ledgerKey('hold', 'x'.repeat(255), '1'), ledgerKey('hold', 'x'.repeat(255), '2')];
    expect(one.length).toBeLessThanOrEqual(255);
    expect(one).not.toBe(other);
    expect(one.startsWith('hold:')).toBe(true);
  });
});

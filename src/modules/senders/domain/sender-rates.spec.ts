import { gateOf, type SenderRate, SenderRates, UNPACED } from './sender-rates.js';

const ACCOUNT = 'account';
const rate = (number: number, more: Partial<SenderRate>): SenderRate => ({
  number,
  accountId: ACCOUNT,
  sender: 'Clinic',
  country: null,
  source: null,
  perSecond: number,
  ...more,
});
const ALL = rate(1, {});
const POLISH = rate(2, { country: 'PL' });
const FIXED = rate(3, { accountId: null, sender: null, source: 'missed_call' });
const shown = { accountId: ACCOUNT, source: 'api', sender: 'Clinic', country: 'RU' };

describe('rates of senders', () => {
  const rates = new SenderRates([ALL, POLISH, FIXED]);

  it.each([
    ['everywhere', {}, 1],
    ['in a country that has a rate of its own', { country: 'PL' }, 2],
    ['without a country', { country: null }, 1],
    ['of another account', { accountId: 'other' }, UNPACED],
    ['of another name', { sender: 'clinic' }, UNPACED],
    ['of traffic whose sender is fixed', { source: 'missed_call' }, 3],
    ['of such traffic of another account', { source: 'missed_call', accountId: 'other', sender: 'Kabinet' }, 3],
  ])('%s', (_what, more, number) => {
    expect(rates.of({ ...shown, ...more })).toBe(number);
  });

  it('hold for one country only where only that has one', () => {
    const polish = new SenderRates([POLISH]);
    expect(polish.of(shown)).toBe(UNPACED);
    expect(polish.of({ ...shown, country: 'PL' })).toBe(2);
  });

  it('are found by their number until they are taken away', () => {
    expect(rates.get(2)).toBe(POLISH);
    expect(rates.get(UNPACED)).toBeUndefined();
    expect(new SenderRates([]).get(2)).toBeUndefined();
    expect(new SenderRates([]).of(shown)).toBe(UNPACED);
  });

  it('are each a gate of their own, and the same one when they are set again', () => {
    expect([ALL, POLISH, FIXED].map(gateOf)).toEqual([
      'sender:account:Clinic:*',
      'sender:account:Clinic:PL',
      'sender:fixed:missed_call',
    ]);
  });
});

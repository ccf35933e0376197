import { isOver } from './probe-decision.js';

describe('a pause of the system is over', () => {
  const accepted = (amount: string | null) => ({
    kind: 'accepted' as const,
    balance: amount === null ? null : { amount },
  });
  const no = (kind: 'refused' | 'unclear', code = '401') => ({ kind, code });

  it.each([
    ['credentials_refused', accepted('12.50'), true],
    ['credentials_refused', accepted('-3'), true],
    ['credentials_refused', accepted(null), true],
    ['credentials_refused', no('refused'), false],
    ['credentials_refused', no('unclear', 'no_answer'), false],
    ['credentials_refused', no('unclear', 'not_askable'), true],
    ['provider_no_funds', accepted('0.01'), true],
    ['provider_no_funds', accepted('0.0000'), false],
    ['provider_no_funds', accepted('-12.5'), false],
    ['provider_no_funds', accepted(null), true],
    ['provider_no_funds', no('refused'), false],
    ['provider_no_funds', no('unclear', 'no_answer'), false],
  ] as const)('%s, %j: %s', (reason, answer, over) => {
    expect(isOver(reason, answer)).toBe(over);
  });
});

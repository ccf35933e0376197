import { readFileSync } from 'node:fs';
import { MESSAGE_STATES } from './message.js';
import { CHARGE_POLICIES, reachableCharges, transitionTable } from './transition-table.js';
import { canMove, chargeAfter, FINAL_STATES, TRANSITIONS } from './transitions.js';

describe('transitions', () => {
  it('are the table that the README publishes', () =>
    expect(readFileSync(new URL('../../../../../src/modules/messages/README.md', import.meta.url), 'utf8')).toContain(
      transitionTable(),
    ));

  it('reach every state', () =>
    expect([...reachableCharges(CHARGE_POLICIES[0]!).keys()].toSorted()).toEqual([...MESSAGE_STATES].toSorted()));

  it('let final states absorb, except that an expired message may turn out delivered', () => {
    const out = TRANSITIONS.filter(({ from }) => from !== null && FINAL_STATES.includes(from));
    expect(out.map(({ from, to }) => [from, to])).toEqual([['expired', 'delivered']]);
  });

  describe.each(CHARGE_POLICIES)('charged on $chargeOn, refunded: $refundUndelivered', (policy) => {
    const states = reachableCharges(policy);

    it('leave no price held in a final state', () => {
      for (const state of FINAL_STATES) expect(states.get(state)).not.toContain('held');
    });

    it('queue nothing that is not paid for', () => {
      for (const state of ['queued', 'scheduled', 'submitting'] as const)
        expect([...states.get(state)!]).toEqual(['held']);
      expect([...states.get('waiting_funds')!]).toEqual(['none']);
    });

    it('give the price back of what was stopped before it was sent', () => {
      for (const from of ['queued', 'scheduled'] as const)
        for (const to of ['cancelled', 'blocked', 'expired', 'rejected'] as const)
          expect(chargeAfter({ from, to }, 'held', policy)).toBe('released');
    });

    it('charge a delivery, unless its price was given back before', () => {
      for (const charge of states.get('delivered')!)
        expect(['captured', 'released', 'refunded', 'none']).toContain(charge);
      expect(chargeAfter({ from: 'unknown', to: 'delivered' }, 'held', policy)).toBe('captured');
    });
  });

  it('give back what expires unexplained, and keep it so when a delivery is reported later', () => {
    const policy = CHARGE_POLICIES[0]!;
    const expired = chargeAfter({ from: 'unknown', to: 'expired', cause: 'deadline' }, 'held', policy);
    expect(expired).toBe('released');
    expect(chargeAfter({ from: 'expired', to: 'delivered' }, expired, policy)).toBe('released');
  });

  it('never send again what was charged', () => {
    const policy = CHARGE_POLICIES[0]!;
    for (const [from, cause] of [
      ['unknown', 'not_sent'],
      ['unknown', 'repeat'],
      ['submitting', 'refused'],
    ] as const)
      expect(() => chargeAfter({ from, to: 'queued', cause }, 'captured', policy)).toThrow('is not for a price');
  });

  it('refuse moves that do not exist, as the bug that they are', () => {
    expect(canMove('delivered', 'queued')).toBe(false);
    expect(() => chargeAfter({ from: 'delivered', to: 'queued' }, 'captured', CHARGE_POLICIES[0]!)).toThrow(
      'no single transition',
    );
    expect(() => chargeAfter({ from: 'unknown', to: 'expired' }, 'held', CHARGE_POLICIES[0]!)).toThrow(
      'no single transition',
    );
  });
});

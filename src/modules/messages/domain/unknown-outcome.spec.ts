import type { ChargeState, DeliveryPolicy } from './message.js';
import { afterDeadline, decidedBy, explainedBy } from './unknown-outcome.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const LATER = new Date('2026-03-02T11:00:00Z');
const held = { parts: 2, chargeState: 'held' as ChargeState, validUntil: LATER };
const submitted = (partNo: number) => ({ partNo, kind: 'submitted' as const, providerMessageId: `id-${partNo}` });
const notSent = (partNo: number) => ({ partNo, kind: 'not_sent' as const, reason: 'throttled', code: '0x58' });

describe('a late answer', () => {
  it('makes a message submitted when all of its parts are', () =>
    expect(explainedBy([submitted(2)], [{ partNo: 1, state: 'submitted' }], held, NOW).kind).toBe('submitted'));

  it('explains nothing while another part is unknown', () =>
    expect(explainedBy([submitted(2)], [{ partNo: 1, state: 'unknown' }], held, NOW).kind).toBe('still_unknown'));

  it('sends back what provably never left', () =>
    expect(explainedBy([notSent(1)], [], held, NOW)).toEqual({ kind: 'not_sent' }));

  it('lets it expire instead when its validity is over', () =>
    expect(explainedBy([notSent(1)], [], { ...held, validUntil: NOW }, NOW)).toEqual({
      kind: 'expired',
      cause: 'validity',
    }));

  it('never sends back what was charged', () =>
    expect(explainedBy([notSent(1)], [], { ...held, chargeState: 'captured' }, NOW).kind).toBe('still_unknown'));
});

describe('the deadline', () => {
  const lost = { attemptState: 'unknown', repeatReason: null };
  const message = { ...held, deliveryPolicy: 'at_least_once' as DeliveryPolicy };

  it('repeats once what may be lost, where the account asked for it', () => {
    expect(afterDeadline(lost, message, NOW)).toEqual({ kind: 'repeat', because: 'at_least_once' });
    expect(afterDeadline({ ...lost, repeatReason: 'at_least_once' }, message, NOW).kind).toBe('expired');
    expect(afterDeadline(lost, { ...message, deliveryPolicy: 'at_most_once' }, NOW).kind).toBe('expired');
  });

  it('repeats neither what the provider had taken, nor what was charged, nor what is too late', () => {
    expect(afterDeadline({ ...lost, attemptState: 'submitted' }, message, NOW).kind).toBe('expired');
    expect(afterDeadline(lost, { ...message, chargeState: 'captured' }, NOW).kind).toBe('expired');
    expect(afterDeadline(lost, message, LATER)).toEqual({ kind: 'expired', cause: 'deadline' });
  });
});

describe('operations', () => {
  const lost = { attemptState: 'unknown' };

  it('may give up whatever is unknown', () => {
    for (const chargeState of ['held', 'captured'] as const)
      expect(decidedBy('give_up', lost, { ...held, chargeState }, LATER)).toEqual({
        kind: 'expired',
        cause: 'deadline',
      });
  });

  it('may have sent again what may be lost, while there is time', () => {
    expect(decidedBy('requeue', lost, held, NOW)).toEqual({ kind: 'repeat', because: 'forced' });
    expect(decidedBy('requeue', lost, held, LATER)).toBe('validity_over');
  });

  it('may not have sent again what the provider had, or what was charged', () => {
    expect(decidedBy('requeue', { attemptState: 'submitted' }, held, NOW)).toBe('taken_over');
    expect(decidedBy('requeue', lost, { ...held, chargeState: 'captured' }, NOW)).toBe('taken_over');
  });
});

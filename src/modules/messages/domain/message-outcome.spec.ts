import { outcomeOf, type PartOutcome, STOPPED } from './message-outcome.js';

const sent = (partNo: number): PartOutcome => ({ partNo, kind: 'submitted', providerMessageId: `id-${partNo}` });
const rejected = (partNo: number): PartOutcome => ({ partNo, kind: 'rejected', code: '0x0b', detail: 'bad number' });
const unknown = (partNo: number): PartOutcome => ({ partNo, kind: 'unknown', code: 'timeout', detail: '' });
const unsent = (partNo: number, reason = 'throttled'): PartOutcome => ({
  partNo,
  kind: 'not_sent',
  reason,
  code: '0x58',
  retryAfterMs: 500,
});

describe('the outcome of a message', () => {
  it.each([
    ['all parts taken over', [sent(1), sent(2)], 'submitted'],
    ['one part refused', [sent(1), rejected(2)], 'rejected'],
    ['one part not sent', [sent(1), unsent(2)], 'not_sent'],
    ['one part ambiguous, whatever the others are', [rejected(1), unsent(2), unknown(3), sent(4)], 'unknown'],
    ['a refusal beats what was not sent', [unsent(1), rejected(2)], 'rejected'],
    ['validity over in the window of the link', [sent(1), unsent(2, 'expired')], 'expired'],
  ])('%s', (_name, parts, kind) => expect(outcomeOf(parts).kind).toBe(kind));

  it('names the part that failed, not those that were therefore not tried', () => {
    expect(outcomeOf([unsent(1, STOPPED), unsent(2, 'throttled')])).toEqual({
      kind: 'not_sent',
      reason: 'throttled',
      code: '0x58',
      retryAfterMs: 500,
    });
  });
});

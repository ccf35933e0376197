import type { PartOutcome } from './message-outcome.js';
import { MAX_REFUSALS, mayPassOn, passTo, type RefusedMessage } from './pass-on.js';

const NOW = new Date('2026-03-02T12:00:00Z');
const LATER = new Date('2026-03-02T13:00:00Z');
const CODES = ['0x0000000a', '15'];

const message: RefusedMessage = {
  providerId: 'first',
  sender: 'Clinic',
  validUntil: LATER,
  repeatReason: null,
  partsGone: null,
};
const refused = (partNo: number, code = '15'): PartOutcome => ({ partNo, kind: 'rejected', code, detail: 'no' });
const sent = (partNo: number): PartOutcome => ({ partNo, kind: 'submitted', providerMessageId: 'id' });
const unknown = (partNo: number): PartOutcome => ({ partNo, kind: 'unknown', code: 'timeout', detail: '' });
const unsent = (partNo: number): PartOutcome => ({ partNo, kind: 'not_sent', reason: 'stopped', code: 'part_failed' });
const any = (id: string) => ({ id, senderPolicy: { kind: 'any' as const } });
const refusedAt = (providerId: string) => ({ providerId, state: 'rejected' });

describe('a refused message', () => {
  it.each<[string, PartOutcome[]]>([
    ['all of it was refused with a code that is passed on', [refused(1)]],
    ['each part was, whatever the code', [refused(1), refused(2, '0x0000000a')]],
    ['the rest was not tried after that', [refused(1), unsent(2)]],
  ])('may go on when %s', (_when, parts) => expect(mayPassOn(message, parts, CODES, NOW)).toBe(true));

  it.each<[string, PartOutcome[], Partial<RefusedMessage>]>([
    ['a part was taken', [sent(1), refused(2)], {}],
    ['a part was taken in an earlier try', [refused(2)], { partsGone: [1] }],
    ['nobody knows of a part', [unknown(1), refused(2)], {}],
    ['a part has another code', [refused(1), refused(2, '16')], {}],
    ['nothing was refused', [unsent(1)], {}],
    ['the recipient wants no messages', [{ ...refused(1), optedOut: true } as PartOutcome], {}],
    ['its validity is over', [refused(1)], { validUntil: NOW }],
    ['it is being sent a second time', [refused(1)], { repeatReason: 'at_least_once' }],
  ])('stays refused when %s', (_when, parts, facts) =>
    expect(mayPassOn({ ...message, ...facts }, parts, CODES, NOW)).toBe(false),
  );

  it('stays refused where no codes are named', () => expect(mayPassOn(message, [refused(1)], [], NOW)).toBe(false));
});

describe('whoever gets it then', () => {
  it('is the best that has not refused it', () => {
    const candidates = ['first', 'second', 'third'].map(any);
    expect(passTo(message, [], candidates)).toEqual({ providerId: 'second', sender: 'Clinic' });
    expect(passTo(message, [refusedAt('second')], candidates)?.providerId).toBe('third');
    expect(passTo(message, [refusedAt('second'), refusedAt('third')], candidates)).toBeNull();
  });

  it('may be one that it was queued for before, and that was never asked', () =>
    expect(passTo(message, [{ providerId: 'second', state: 'not_sent' }], [any('second')])?.providerId).toBe('second'));

  it.each(['unknown', 'submitted', 'submitting'])('is nobody after an attempt that is %s', (state) =>
    expect(passTo(message, [{ providerId: 'zeroth', state }], [any('second')])).toBeNull(),
  );

  it('takes its sender, or fixes another', () => {
    const listed = { id: 'second', senderPolicy: { kind: 'listed' as const, senders: ['Other'] } };
    const fixed = { id: 'third', senderPolicy: { kind: 'fixed' as const, sender: 'Fixed' } };
    expect(passTo(message, [], [listed])).toBeNull();
    expect(passTo(message, [], [listed, fixed])).toEqual({ providerId: 'third', sender: 'Fixed' });
  });

  it('is nobody after so many refusals', () => {
    const before = Array.from({ length: MAX_REFUSALS - 1 }, (_, index) => refusedAt(`before-${index}`));
    expect(passTo(message, before, [any('last')])).toBeNull();
    expect(passTo(message, before.slice(1), [any('last')])?.providerId).toBe('last');
  });
});

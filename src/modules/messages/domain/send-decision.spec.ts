import { daily } from '../../../kernel/time-window.js';
import { recipientWindow } from './recipient-hours.js';
import { decideSending, type QueuedFacts, type SendGuards, windowsOf } from './send-decision.js';

const now = new Date('2026-03-02T12:00:00Z');
const later = new Date('2026-03-03T06:00:00Z');
const queued: QueuedFacts = { state: 'queued', validUntil: new Date('2026-03-04T12:00:00Z'), windowAction: 'wait' };
const open: SendGuards = { accountStatus: 'active', groupState: null, opensAt: now };
const closed: SendGuards = { ...open, opensAt: later };

describe('whether a claimed message may leave', () => {
  it.each<[string, Partial<QueuedFacts>, Partial<SendGuards>, object]>([
    ['everything allows it', {}, {}, { kind: 'send' }],
    ['scheduled, and its time has come', { state: 'scheduled' }, {}, { kind: 'send' }],
    ['closed window', {}, closed, { kind: 'wait', until: later }],
    ['closed window of one that shall not wait', { windowAction: 'drop' }, closed, { kind: 'drop' }],
    [
      'a window that opens after its validity',
      { validUntil: new Date('2026-03-02T13:00:00Z') },
      closed,
      { kind: 'wait', until: new Date('2026-03-02T13:00:00Z') },
    ],
    ['a window that never opens fails closed', {}, { opensAt: null }, { kind: 'wait', until: queued.validUntil }],
    ['validity over, to the instant', { validUntil: now }, {}, { kind: 'expire' }],
    ['validity over while the group is paused', { validUntil: now }, { groupState: 'paused' }, { kind: 'expire' }],
    ['group paused', {}, { groupState: 'paused' }, { kind: 'leave', why: 'group' }],
    ['group closed: what it has still leaves', {}, { groupState: 'closed' }, { kind: 'send' }],
    ['group cancelled', {}, { groupState: 'cancelled' }, { kind: 'cancel', reason: 'group_cancelled' }],
    ['account suspended', {}, { accountStatus: 'suspended' }, { kind: 'leave', why: 'account' }],
    ['account unknown', {}, { accountStatus: null }, { kind: 'leave', why: 'account' }],
    ['account closed', {}, { accountStatus: 'closed' }, { kind: 'cancel', reason: 'account_closed' }],
    ['a message that left already', { state: 'submitted' }, {}, { kind: 'stray' }],
  ])('%s', (_name, message, guards, decision) =>
    expect(decideSending({ ...queued, ...message }, { ...open, ...guards }, now)).toEqual(decision),
  );

  it('lets one-time codes ignore the account’s window and the recipient’s, but not the provider’s or their own', () => {
    const window = (zone: string) => daily('09:00', '20:00', zone);
    const [provider, account, message] = [window('p'), window('a'), window('m')];
    const recipient = recipientWindow(account, 'GR');
    const all = { provider, account, recipient, group: null, message };
    expect(windowsOf(0, all)).toEqual([provider, message]);
    expect(windowsOf(1, all)).toEqual([provider, account, recipient, message]);
    expect(windowsOf(2, all)).toEqual([provider, account, recipient, message]);
  });
});

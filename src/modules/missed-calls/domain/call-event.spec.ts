import type { Msisdn } from '../../../kernel/msisdn.js';
import { reasonToSkip } from './apology.js';
import { type CallEvent, DEFAULT_MAPPING, readCallEvent } from './call-event.js';

const payload = {
  eventId: 'e1',
  direction: 'inbound',
  outcome: 'lost',
  caller: '+79161234567',
  virtualNumber: '+74951234567',
  at: '2026-01-12T09:00:00Z',
};

describe('call events', () => {
  it('are read by the default names', () => {
    expect(readCallEvent(payload, DEFAULT_MAPPING)).toEqual(payload);
  });

  it('are read by any mapping, nested fields and numbers too', () => {
    const mapping = {
      ...DEFAULT_MAPPING,
      eventId: 'call.id',
      direction: 'call.dir',
      inboundValues: ['0'],
      outcome: 'call.state',
      lostValues: ['MISSED'],
      caller: 'from.number',
      virtualNumber: 'to',
    };
    const odd = { call: { id: 17, dir: 0, state: 'missed' }, from: { number: '89161234567' }, to: '74951234567' };
    expect(readCallEvent(odd, mapping)).toEqual({
      eventId: '17',
      direction: 'inbound',
      outcome: 'lost',
      caller: '89161234567',
      virtualNumber: '74951234567',
      at: null,
    });
  });

  it('name the field that is missing', () => {
    expect(readCallEvent({ ...payload, eventId: undefined }, DEFAULT_MAPPING)).toEqual({
      missing: 'eventId',
      path: 'eventId',
    });
    expect(readCallEvent({ ...payload, virtualNumber: 'x'.repeat(256) }, DEFAULT_MAPPING)).toEqual({
      missing: 'virtualNumber',
      path: 'virtualNumber',
    });
    expect(readCallEvent('nonsense', DEFAULT_MAPPING)).toEqual({ missing: 'eventId', path: 'eventId' });
    expect(
      readCallEvent(JSON.parse('{"__proto__":{"eventId":"x"}}'), { ...DEFAULT_MAPPING, eventId: 'constructor.name' }),
    ).toMatchObject({ missing: 'eventId' });
  });

  it.each([
    [{}, 'mobile', null],
    [{ direction: 'outbound' }, 'mobile', 'not_inbound'],
    [{ direction: 'internal' }, 'mobile', 'not_inbound'],
    [{ outcome: 'answered' }, 'mobile', 'not_lost'],
    [{ outcome: 'something new' }, 'mobile', 'not_lost'],
    [{ caller: 'Anonymous' }, 'mobile', 'withheld'],
    [{ caller: undefined }, 'mobile', 'withheld'],
    [{}, 'fixed', 'landline'],
    [{ caller: 'abc' }, null, 'invalid_number'],
  ])('%p from a %s number: %s', (change, type, reason) => {
    const event = readCallEvent({ ...payload, ...change }, DEFAULT_MAPPING) as CallEvent;
    const caller = type === null ? null : ({ ok: true, digits: '79161234567', country: 'RU', type } as Msisdn);
    expect(reasonToSkip(event, caller)).toBe(reason);
  });
});

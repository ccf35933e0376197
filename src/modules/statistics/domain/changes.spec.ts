import { type Delta, sumUp, waitingChanges } from './changes.js';

const NONE = '00000000-0000-0000-0000-000000000000';
const delta = (more: Partial<Delta>): Delta => ({
  source: 'api',
  lane: 'transactional',
  country: 'RU',
  providerId: 'p',
  state: 'queued',
  chargeState: 'held',
  currency: 'RUB',
  messages: 1,
  parts: 2,
  micros: '7800000',
  ...more,
});
const event = (hour: string, ...deltas: Delta[]) => ({ accountId: 'a', payload: { hour, deltas } });
const HOUR = '2026-03-02T12:00:00.000Z';

describe('sumUp', () => {
  it('adds events of the same combination and leaves out what comes to nothing', () => {
    const rows = sumUp(
      [
        event(HOUR, delta({ messages: 3, parts: 6, micros: '23400000' })),
        event(
          HOUR,
          delta({ messages: -3, parts: -6, micros: '-23400000' }),
          delta({ state: 'submitted', chargeState: 'captured', messages: 3, parts: 6, micros: '23400000' }),
        ),
      ],
      NONE,
    );
    expect(rows).toEqual([
      expect.objectContaining({
        state: 'submitted',
        chargeState: 'captured',
        messages: 3n,
        parts: 6n,
        micros: 23_400_000n,
      }),
    ]);
  });

  it('keeps hours and accounts apart', () => {
    const rows = sumUp(
      [
        event(HOUR, delta({})),
        event('2026-03-02T13:00:00.000Z', delta({})),
        { ...event(HOUR, delta({})), accountId: 'b' },
      ],
      NONE,
    );
    expect(rows.map(({ accountId, hour }) => [accountId, hour.toISOString()])).toEqual([
      ['a', HOUR],
      ['a', '2026-03-02T13:00:00.000Z'],
      ['b', HOUR],
    ]);
  });

  it('has a place for messages without country and provider', () => {
    const [row] = sumUp([event(HOUR, delta({ country: null, providerId: null }))], NONE);
    expect(row).toMatchObject({ country: '', providerId: NONE });
  });
});

describe('waitingChanges', () => {
  it('adds up what waits by account, provider and lane, over hours, and leaves everything else out', () => {
    const rows = sumUp(
      [
        event(HOUR, delta({ messages: 3 }), delta({ state: 'delivered', messages: 5 })),
        event('2026-03-02T13:00:00.000Z', delta({ messages: -1 }), delta({ state: 'scheduled', messages: 2 })),
        { ...event(HOUR, delta({ messages: 1 }), delta({ country: 'PL', messages: -1 })), accountId: 'b' },
      ],
      NONE,
    );
    expect(waitingChanges(rows)).toEqual([
      { accountId: 'a', providerId: 'p', lane: 'transactional', queued: 2n, scheduled: 2n },
    ]);
  });
});

import { type Delta, sumUp } from './changes.js';

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

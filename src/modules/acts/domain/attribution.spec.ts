import { attribute } from './attribution.js';
import { type FundsEvent, lotsOf } from './lots.js';

const paid = (paymentId: string, micros: bigint): FundsEvent => ({ do: 'in', kind: 'paid', paymentId, micros });
const free = (micros: bigint): FundsEvent => ({ do: 'in', kind: 'free', paymentId: null, micros });
const reversed = (paymentId: string | null, micros: bigint): FundsEvent => ({ do: 'reversed', paymentId, micros });
const corrected = (micros: bigint): FundsEvent => ({ do: 'corrected', micros });

describe('lots', () => {
  it.each<[string, FundsEvent[], bigint[]]>([
    ['stand in the order in which they came', [paid('a', 5n), free(3n), paid('b', 2n)], [5n, 3n, 2n]],
    [
      'lose what the bank took back from the payment named',
      [paid('a', 5n), paid('b', 2n), reversed('a', 4n)],
      [1n, 2n],
    ],
    [
      'lose the newest paid money when none is named',
      [paid('a', 5n), paid('b', 2n), free(9n), reversed(null, 3n)],
      [4n, 0n, 9n],
    ],
    ['lose what was free first to a correction', [free(3n), paid('a', 5n), corrected(4n)], [0n, 4n]],
    ['fill the hole that was taken beyond them', [paid('a', 2n), corrected(5n), paid('b', 4n)], [0n, 1n]],
    ['fill it with several', [reversed(null, 5n), paid('a', 2n), free(2n), paid('b', 2n)], [0n, 0n, 1n]],
  ])('%s', (_name, events, left) => {
    expect(lotsOf(events).map(({ micros }) => micros)).toEqual(left);
  });
});

describe('usage over lots', () => {
  const usage = (...micros: bigint[]) =>
    micros.map((one, index) => ({ slot: `2026-0${index + 1}-01 sms`, micros: one, quantity: one / 2n }));
  const laid = (months: ReturnType<typeof usage>, events: FundsEvent[]) => {
    const { shares, unpaidMicros } = attribute(months, lotsOf(events));
    return {
      shares: shares.map(
        ({ lot, slot, micros, quantity }) => `${lot.paymentId ?? 'free'} ${slot.slice(5, 7)} ${micros}/${quantity}`,
      ),
      unpaidMicros,
    };
  };

  it('uses the oldest money for the oldest usage', () => {
    expect(laid(usage(6n, 8n), [paid('a', 10n), paid('b', 10n)])).toEqual({
      shares: ['a 01 6/3', 'a 02 4/2', 'b 02 4/2'],
      unpaidMicros: 0n,
    });
  });

  it('leaves unpaid what lies beyond all money, until money comes', () => {
    expect(laid(usage(6n, 8n), [paid('a', 8n)])).toEqual({ shares: ['a 01 6/3', 'a 02 2/1'], unpaidMicros: 6n });
    expect(laid(usage(6n, 8n), [paid('a', 8n), paid('b', 99n)]).unpaidMicros).toBe(0n);
  });

  it('keeps free money apart, and gives no part to two', () => {
    expect(laid([{ slot: '2026-01-01 sms', micros: 9n, quantity: 3n }], [free(4n), paid('a', 5n)])).toEqual({
      shares: ['free 01 4/1', 'a 01 5/2'],
      unpaidMicros: 0n,
    });
  });
});

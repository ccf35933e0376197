import { planDocuments, type StandingLine, type Targets } from './plan.js';

const [JANUARY, FEBRUARY] = ['2026-01-01 sms', '2026-02-01 sms'] as const;

const targets = (payers: Record<string, Record<string, [micros: bigint, quantity: bigint]>>): Targets =>
  new Map(
    Object.entries(payers).map(([payer, months]) => [
      payer,
      new Map(Object.entries(months).map(([month, [micros, quantity]]) => [month, { micros, quantity }])),
    ]),
  );
const line = (actId: string, slot: string, exactMicros: bigint, grossMicros: bigint, quantity = 0n): StandingLine => ({
  payerId: 'p',
  actId,
  slot,
  exactMicros,
  grossMicros,
  quantity,
  vatRateBps: 2400,
});
const plan = (wanted: Targets, standing: StandingLine[]) =>
  planDocuments(wanted, standing).map(({ payerId, correctsId, lines }) => [
    payerId,
    correctsId,
    ...lines.map((one) => `${one.slot.slice(5, 7)} ${one.exactMicros} as ${one.grossMicros}, ${one.quantity}`),
  ]);

describe('what is to be issued', () => {
  it('is an act for each payer, with a line for each month that was paid only now', () => {
    expect(
      plan(
        targets({ q: { [FEBRUARY]: [20_000n, 2n] }, p: { [JANUARY]: [10_000n, 1n], [FEBRUARY]: [30_000n, 3n] } }),
        [],
      ),
    ).toEqual([
      ['p', null, '01 10000 as 10000, 1', '02 30000 as 30000, 3'],
      ['q', null, '02 20000 as 20000, 2'],
    ]);
  });

  it('is nothing when documents say it all', () => {
    expect(plan(targets({ p: { [JANUARY]: [10_000n, 1n] } }), [line('a', JANUARY, 10_000n, 10_000n, 1n)])).toEqual([]);
  });

  it('is a correction that names the act, beside the act of the new month', () => {
    const wanted = targets({ p: { [JANUARY]: [70_000n, 7n], [FEBRUARY]: [20_000n, 2n] } });
    expect(plan(wanted, [line('a', JANUARY, 100_000n, 100_000n, 10n)])).toEqual([
      ['p', 'a', '01 -30000 as -30000, -3'],
      ['p', null, '02 20000 as 20000, 2'],
    ]);
  });

  it('takes back from the newest act first, and from none more than it says', () => {
    const standing = [line('a', JANUARY, 50_000n, 50_000n, 5n), line('b', JANUARY, 20_000n, 20_000n, 2n)];
    expect(plan(targets({ p: { [JANUARY]: [30_000n, 3n] } }), standing)).toEqual([
      ['p', 'b', '01 -20000 as -20000, -2'],
      ['p', 'a', '01 -20000 as -20000, -2'],
    ]);
  });

  it('prints whole coins and carries the rest to the next document', () => {
    expect(plan(targets({ p: { [JANUARY]: [19_999n, 1n] } }), [])).toEqual([['p', null, '01 19999 as 10000, 1']]);
    const standing = [line('a', JANUARY, 19_999n, 10_000n, 1n)];
    expect(plan(targets({ p: { [JANUARY]: [19_999n, 1n], [FEBRUARY]: [10_001n, 1n] } }), standing)).toEqual([
      ['p', null, '02 10001 as 20000, 1'],
    ]);
  });

  it('waits with less than a coin', () => {
    expect(plan(targets({ p: { [JANUARY]: [9_999n, 1n] } }), [])).toEqual([]);
    const standing = [line('a', JANUARY, 15_000n, 10_000n, 3n)];
    expect(plan(targets({ p: { [JANUARY]: [14_000n, 2n] } }), standing)).toEqual([]);
  });

  it('prints no correction that leaves an act below zero', () => {
    const standing = [line('a', JANUARY, 15_000n, 10_000n, 1n), line('b', FEBRUARY, 15_000n, 20_000n, 1n)];
    expect(plan(targets({ p: { [FEBRUARY]: [15_000n, 1n] } }), standing)).toEqual([
      ['p', 'a', '01 -15000 as -10000, -1'],
    ]);
  });
});

import { joinParts, PATIENCE_MS, type WaitingText } from './join-parts.js';

const now = new Date('2026-03-02T12:00:00Z');
let serial = 0;
const part = (text: string, partNo: number, partsTotal: number, more: Partial<WaitingText> = {}): WaitingText => ({
  id: `row-${++serial}`,
  providerId: 'p',
  from: '79161234567',
  to: '4321',
  text,
  receivedAt: now,
  concat: { reference: 7, partNo, partsTotal },
  ...more,
});
const texts = (parts: readonly WaitingText[], at = now) =>
  joinParts(parts, at).joined.map(({ text, complete }) => [text, complete]);

describe('joining parts', () => {
  it('puts them in order, whichever came first', () =>
    expect(texts([part('c', 3, 3), part('a', 1, 3), part('b', 2, 3)])).toEqual([['abc', true]]));

  it('makes a character whole that was cut in two', () =>
    expect(texts([part('\ude00', 2, 2), part('hi \ud83d', 1, 2)])).toEqual([['hi 😀', true]]));

  it('takes a part that came twice once, and is done with both rows', () => {
    const rows = [part('a', 1, 2), part('a', 1, 2), part('b', 2, 2)];
    const { joined } = joinParts(rows, now);
    expect(joined).toMatchObject([{ text: 'ab', parts: 2, complete: true, ids: rows.map(({ id }) => id) }]);
  });

  it.each([
    ['phones', { from: '79161234568' }],
    ['numbers', { to: '4322' }],
    ['providers', { providerId: 'q' }],
    ['references', { concat: { reference: 8, partNo: 2, partsTotal: 2 } }],
  ])('keeps those of other %s apart', (_what, other) => {
    const { joined, waiting } = joinParts([part('a', 1, 2), part('b', 2, 2, other)], now);
    expect([joined.length, waiting.length]).toEqual([0, 2]);
  });

  it('waits for those that are missing, and then takes what there is', () => {
    const rows = [part('a', 1, 3), part('c', 3, 3, { receivedAt: new Date(now.getTime() + 1_000) })];
    const until = new Date(now.getTime() + PATIENCE_MS);
    expect(joinParts(rows, now)).toEqual({ joined: [], waiting: [{ ids: rows.map(({ id }) => id), until }] });
    expect(texts(rows, until)).toEqual([['ac', false]]);
  });

  it('leaves whole messages as they are', () =>
    expect(texts([part('x', 1, 1, { concat: undefined }), part('x', 1, 1, { concat: undefined })])).toEqual([
      ['x', true],
      ['x', true],
    ]));
});

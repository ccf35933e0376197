import { IdSequence, newId } from '../../../kernel/ids.js';
import { monthsOf } from './partitions.js';

describe('monthsOf', () => {
  const partitions = monthsOf('messages', new Date('2026-11-30T23:59:59.999Z'), new Date('2027-01-01T00:00:00Z'));

  it('names months across the turn of the year', () =>
    expect(partitions.map(({ name }) => name)).toEqual(['messages_2026_11', 'messages_2026_12', 'messages_2027_01']));

  it('is one month unless the time reaches into the next', () => {
    const names = (from: string, until: string) =>
      monthsOf('messages', new Date(from), new Date(until)).map(({ name }) => name);
    expect(names('2026-11-01T00:00:00Z', '2026-11-30T23:59:59.999Z')).toEqual(['messages_2026_11']);
    expect(names('2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00Z')).toEqual(['messages_2026_11', 'messages_2026_12']);
  });

  it('joins them without gap or overlap', () => {
    expect(partitions[0]!.untilId).toBe(partitions[1]!.fromId);
    expect(partitions[1]!.untilId).toBe(partitions[2]!.fromId);
  });

  it.each(['2026-12-01T00:00:00Z', '2026-12-31T23:59:59.999Z'])('holds every id made at %s', (instant) => {
    const [, { fromId, untilId }] = partitions as [unknown, (typeof partitions)[number]];
    const now = new Date(instant);
    for (const id of [newId(now), new IdSequence(now).next()]) expect(id >= fromId && id < untilId).toBe(true);
  });
});

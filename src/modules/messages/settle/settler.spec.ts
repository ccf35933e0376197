import { Logger } from '@nestjs/common';
import { Settler, type Landed } from './settler.js';
import type { Flight } from '../dispatch/flight.js';

const flight = (id: string) => ({ message: { id }, outcomes: [] }) as unknown as Flight;
const idOf = ({ flight: { message } }: Landed) => message.id;

describe('the settler', () => {
  let settled: string[];
  let batches: string[][];
  const settlerFor = (fails: (ids: string[]) => boolean, batch = 8) =>
    new Settler(
      async (landed) => {
        const ids = landed.map(idOf);
        batches.push(ids);
        if (fails(ids)) throw new Error('refused');
      },
      (landed) => settled.push(idOf(landed)),
      { batch, waitMs: 5 },
    );
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    settled = [];
    batches = [];
  });

  it('settles together what comes within a moment', async () => {
    const settler = settlerFor(() => false);
    for (const id of ['a', 'b', 'c']) settler.add(flight(id));
    await settler.drain(1_000);
    expect(batches).toEqual([['a', 'b', 'c']]);
    expect(settler.size).toBe(0);
  });

  it('lets one that cannot be settled hold up nobody', async () => {
    const settler = settlerFor((ids) => ids.includes('bad'));
    const startedAt = performance.now();
    for (const id of ['a', 'bad', 'b', 'c']) settler.add(flight(id));
    while (settled.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    settler.add(flight('d'));
    while (settled.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(settled.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(settler.size).toBe(1);
  });

  it('drains without holding up the process, also when one cannot be settled', async () => {
    const settler = settlerFor((ids) => ids.includes('bad'));
    for (const id of ['a', 'bad']) settler.add(flight(id));
    while (settled.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await settler.drain(300);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
    expect(batches.filter((ids) => ids.includes('bad')).length).toBeGreaterThan(2);
    expect(settler.size).toBe(1);
  });

  it('tries everything again when nothing can be settled', async () => {
    let away = true;
    const settler = settlerFor(() => away);
    for (const id of ['a', 'b']) settler.add(flight(id));
    setTimeout(() => (away = false), 50);
    while (settled.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(settler.size).toBe(0);
  });
});

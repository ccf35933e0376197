import { setTimeout as sleep } from 'node:timers/promises';
import { Gatherer } from './gatherer.js';
import type { Batch, Job } from './job.js';

const MOST = 3;

const job = (to: string) => ({ submission: { to } }) as Job;
const numbers = (batches: readonly Batch[]) => batches.map(({ jobs }) => jobs.map(({ submission }) => submission.to));

describe('messages that may share a request', () => {
  let rings: string[];
  let gatherer: Gatherer;

  beforeEach(() => {
    rings = [];
    gatherer = new Gatherer(20, () => rings.push('ripe'));
  });
  afterEach(() => gatherer.empty());

  const add = (key: string, ...to: string[]) => to.forEach((one) => gatherer.add(job(one), key, MOST));

  it('go at once when nothing like them is under way, those that came together in one', () => {
    add('text', '1', '2');
    add('other', '3');
    expect(numbers(gatherer.takeRipe())).toEqual([['1', '2'], ['3']]);
    expect(gatherer.takeRipe()).toEqual([]);
  });

  it('gather while one like them is under way, and go when that is answered', () => {
    add('text', '1');
    gatherer.takeRipe();
    add('text', '2');
    add('text', '3');
    expect(gatherer.takeRipe()).toEqual([]);
    expect([gatherer.batches, gatherer.freePlaces(MOST)]).toEqual([1, 1]);
    gatherer.ended('text');
    expect(numbers(gatherer.takeRipe())).toEqual([['2', '3']]);
    expect([gatherer.batches, gatherer.freePlaces(MOST)]).toEqual([0, 0]);
  });

  it('go when a request is full, and the next ones gather anew', () => {
    add('text', '1');
    gatherer.takeRipe();
    add('text', '2', '3', '4', '5');
    expect(numbers(gatherer.takeRipe())).toEqual([['2', '3', '4']]);
    gatherer.ended('text');
    // One of them is under way still.
    expect(gatherer.takeRipe()).toEqual([]);
    gatherer.ended('text');
    expect(numbers(gatherer.takeRipe())).toEqual([['5']]);
  });

  it('wait for no longer than they may, however long the answer takes', async () => {
    add('text', '1');
    gatherer.takeRipe();
    add('text', '2');
    expect(gatherer.takeRipe()).toEqual([]);
    while (rings.length === 0) await sleep(5);
    expect(numbers(gatherer.takeRipe())).toEqual([['2']]);
    expect(rings).toHaveLength(1);
  });

  it('are not in a request whose number is in it', () => {
    add('text', '1', '2', '1');
    expect(numbers(gatherer.takeRipe())).toEqual([['1', '2']]);
    gatherer.ended('text');
    expect(numbers(gatherer.takeRipe())).toEqual([['1']]);
  });

  it('are all handed back when they are given up, and nothing rings after that', async () => {
    add('text', '1');
    gatherer.takeRipe();
    add('text', '2');
    gatherer.takeRipe();
    add('other', '3');
    expect(numbers(gatherer.empty())).toEqual([['2'], ['3']]);
    await sleep(40);
    expect(rings).toEqual([]);
  });
});

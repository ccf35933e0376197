import { setTimeout as sleep } from 'node:timers/promises';
import { Coalescer } from './coalescer.js';

describe('Coalescer', () => {
  const create = (maxWaitMs: number, maxCalls = 100) => {
    const runs: string[][] = [];
    const coalescer = new Coalescer<string, string>({
      maxSize: 100,
      maxCalls,
      maxRuns: 1,
      maxWaiting: 100,
      waitMs: 200,
      maxWaitMs,
      sizeOf: () => 1,
      run: async (calls) => {
        runs.push(calls);
        return calls.map((value) => ({ ok: true, value }));
      },
    });
    return { coalescer, runs };
  };

  it('waits for callers as long as they keep coming', async () => {
    const { coalescer, runs } = create(60_000);
    const answers = [coalescer.submit('first')];
    for (const name of ['second', 'third']) {
      await sleep(150);
      answers.push(coalescer.submit(name));
    }
    expect(await Promise.all(answers)).toEqual(['first', 'second', 'third']);
    expect(runs).toEqual([['first', 'second', 'third']]);
  });

  it('waits no longer than it may', async () => {
    const { coalescer, runs } = create(200);
    const answers = [coalescer.submit('first')];
    await sleep(150);
    answers.push(coalescer.submit('second'));
    await answers[0];
    expect(runs).toEqual([['first', 'second']]);
    expect(await coalescer.submit('third')).toBe('third');
    expect(runs).toHaveLength(2);
  });

  it('does not wait when it is full', async () => {
    const { coalescer, runs } = create(60_000, 2);
    await Promise.all(['first', 'second', 'third'].map((name) => coalescer.submit(name)));
    expect(runs).toEqual([['first', 'second'], ['third']]);
  });
});

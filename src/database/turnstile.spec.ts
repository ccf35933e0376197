import { Turnstile } from './turnstile.js';

describe('a turnstile', () => {
  it('lets in so many at once, in the order in which they came, and forgets nobody', async () => {
    const turnstile = new Turnstile(2);
    const entered: number[] = [];
    const release: (() => void)[] = [];
    const passes = [0, 1, 2, 3].map((n) =>
      turnstile.pass(() => {
        entered.push(n);
        return new Promise<number>((resolve) => release.push(() => resolve(n)));
      }),
    );
    await settle();
    expect(entered).toEqual([0, 1]);
    release[1]!();
    await passes[1];
    await settle();
    expect(entered).toEqual([0, 1, 2]);
    release[0]!();
    release[2]!();
    await settle();
    release[3]!();
    expect(await Promise.all(passes)).toEqual([0, 1, 2, 3]);
  });

  it('gives the place back when the work fails', async () => {
    const turnstile = new Turnstile(1);
    await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turnstile.pass(async () => 'yes')).toBe('yes');
  });
});

const settle = () => new Promise((resolve) => setImmediate(resolve));

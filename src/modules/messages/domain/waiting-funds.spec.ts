import { affordable } from './waiting-funds.js';

describe('what a top-up reaches for', () => {
  it.each([
    [[4n, 4n, 4n], 12n, 3],
    [[4n, 4n, 4n], 11n, 2],
    [[4n, 4n, 4n], 0n, 0],
    [[4n, 4n, 4n], -5n, 0],
    [[9n, 1n, 1n], 8n, 0],
    [[1n, 9n, 1n], 8n, 1],
    [[0n, 4n], 0n, 1],
    [[0n, 4n], -1n, 0],
    [[], 5n, 0],
  ])('prices %p with %p to spend: the first %i', (prices, spendable, reached) => {
    expect(
      affordable(
        prices.map((priceMicros) => ({ priceMicros })),
        spendable,
      ),
    ).toBe(reached);
  });
});

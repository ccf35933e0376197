import { type Cabinet, createCabinet, phone, sending } from '../../support/cabinet.js';

describe('accept', () => {
  let cabinet: Cabinet;
  beforeAll(async () => {
    cabinet = await createCabinet();
  });
  afterAll(() => cabinet.close());

  it('prices, holds and queues', async () => {
    const { id } = await cabinet.account(100);
    const result = await cabinet.messages.accept(sending(id, phone(1)));
    expect(result).toEqual({
      accepted: 1,
      shortfall: null,
      items: [
        {
          index: 0,
          id: expect.any(String),
          status: 'queued',
          to: phone(1),
          parts: 1,
          encoding: 'ucs2',
          price: { micros: 3_900_000n, currency: 'RUB' },
          dueAt: cabinet.clock.now(),
        },
      ],
    });
  });
});

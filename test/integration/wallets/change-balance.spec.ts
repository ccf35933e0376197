import { MAX_MICROS } from '../../../src/kernel/money.js';
import { createLedgerFixture, type LedgerFixture, NOW, topUp } from './ledger-fixture.js';

describe('change a balance', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture();
  });
  afterAll(() => fixture.test.drop());

  const change = (how: 'topUp' | 'adjust' | 'reverseTopUp', request: ReturnType<typeof topUp>) =>
    fixture.database.transaction((tx) => fixture.ledger[how](tx, request, NOW));

  it('tops up once per key and refuses the key with another amount', async () => {
    const account = await fixture.account();
    const request = topUp(account, 500n);
    const first = await change('topUp', request);
    expect(first).toMatchObject({ replayed: false, wallet: { availableMicros: 500n } });
    expect(await change('topUp', request)).toMatchObject({ entryId: first.entryId, replayed: true });
    await expect(change('topUp', { ...request, micros: 501n })).rejects.toMatchObject({ code: 'entry_key_reused' });
    expect(await fixture.balance(account)).toEqual([500n, 0n]);
  });

  it('corrects in both directions, but takes no more than could be spent', async () => {
    const account = await fixture.account(100n, { creditLimitMicros: 10n });
    const request = topUp(account, -111n);
    await expect(change('adjust', request)).rejects.toMatchObject({
      kind: 'payment_required',
      code: 'insufficient_funds',
      details: { extension: { shortfall: { amount: '0.000001', currency: 'EUR' } } },
    });
    await change('adjust', { ...request, micros: -110n });
    await change('adjust', topUp(account, 5n));
    expect(await fixture.balance(account)).toEqual([-5n, 0n]);
  });

  it('answers a repeated correction like the first time, although the money is gone by now', async () => {
    const account = await fixture.account(100n);
    const request = topUp(account, -60n);
    const first = await change('adjust', request);
    expect(await change('adjust', request)).toMatchObject({ entryId: first.entryId, replayed: true });
    expect(await fixture.balance(account)).toEqual([40n, 0n]);
  });

  it('lets a bank take back more than there is', async () => {
    const account = await fixture.account(100n);
    await change('reverseTopUp', topUp(account, 130n));
    expect(await fixture.balance(account)).toEqual([-30n, 0n]);
  });

  it('refuses amounts that are no amounts, and balances past what is counted', async () => {
    const account = await fixture.account(1n);
    await expect(change('topUp', topUp(account, 0n))).rejects.toMatchObject({ code: 'invalid_amount' });
    await expect(change('topUp', topUp(account, -1n))).rejects.toMatchObject({ code: 'invalid_amount' });
    await expect(change('adjust', topUp(account, 0n))).rejects.toMatchObject({ code: 'invalid_amount' });
    await expect(change('topUp', topUp(account, MAX_MICROS))).rejects.toMatchObject({ code: 'invalid_amount' });
    await change('topUp', topUp(account, MAX_MICROS - 1n));
  });
});

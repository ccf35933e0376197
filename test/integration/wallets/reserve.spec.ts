import { newId } from '../../../src/kernel/ids.js';
import type { Micros } from '../../../src/kernel/money.js';
import type { HoldItem, Reservation, Unreserve } from '../../../src/modules/wallets/index.js';
import { batch, createLedgerFixture, item, type LedgerFixture, NOW } from './ledger-fixture.js';

describe('reservations', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await createLedgerFixture();
  });
  afterAll(() => fixture.test.drop());

  const reserve = (accountId: string, micros: Micros, subjectId = newId()): Promise<Reservation> =>
    fixture.database.transaction((tx) =>
      fixture.ledger.reserve(tx, { accountId, currency: 'EUR', micros, subjectKind: 'campaign', subjectId }, NOW),
    );
  const unreserve = (request: Unreserve) =>
    fixture.database.transaction((tx) => fixture.ledger.unreserve(tx, request, NOW));
  const hold = (items: HoldItem[], mode: 'partial' | 'reject' = 'partial') =>
    fixture.database.transaction((tx) => fixture.ledger.placeHolds(tx, [batch(items, mode)], NOW));
  const remaining = async ({ id }: Reservation) => {
    const [row] = await fixture.database.query(`SELECT remaining_micros, state FROM reservations WHERE id = $1`, [id]);
    return row;
  };

  it('sets the whole quote aside, or refuses with what is missing', async () => {
    const account = await fixture.account(100n);
    await expect(reserve(account, 101n)).rejects.toMatchObject({
      code: 'insufficient_funds',
      details: { extension: { shortfall: { amount: '0.000001', currency: 'EUR' } } },
    });
    await reserve(account, 100n);
    expect(await fixture.balance(account)).toEqual([0n, 100n]);
  });

  it('reserves once per subject', async () => {
    const account = await fixture.account(100n);
    const first = await reserve(account, 60n);
    expect(await reserve(account, 60n, first.subjectId)).toEqual(first);
    await expect(reserve(account, 61n, first.subjectId)).rejects.toMatchObject({ code: 'reservation_exists' });
    expect(await fixture.balance(account)).toEqual([40n, 60n]);
  });

  it('lends to messages without a posting, in request order, and never more than is left', async () => {
    const account = await fixture.account(100n);
    const reservation = await reserve(account, 60n);
    const drawn = (key: string, micros: Micros) => ({ ...item(account, key, micros), reservationId: reservation.id });
    const decisions = await hold([drawn('a', 50n), drawn('b', 11n), drawn('c', 10n), item(account, 'd', 40n)]);
    expect(decisions.get('a')).toEqual({ held: true, walletId: reservation.walletId, holdEntryId: null });
    expect(decisions.get('b')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 1n });
    expect(decisions.get('c')).toMatchObject({ held: true });
    expect(decisions.get('d')).toMatchObject({ held: true, holdEntryId: expect.any(String) });
    expect(await remaining(reservation)).toEqual({ remaining_micros: 0n, state: 'open' });
    expect(await fixture.balance(account)).toEqual([0n, 100n]);
  });

  it('rejects a batch as a whole when either its reservation or its wallet lacks', async () => {
    const account = await fixture.account(100n);
    const reservation = await reserve(account, 60n);
    const drawn = { ...item(account, 'drawn', 60n), reservationId: reservation.id };
    const decisions = await hold([drawn, item(account, 'own', 41n)], 'reject');
    expect(decisions.get('drawn')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 0n });
    expect(decisions.get('own')).toEqual({ held: false, code: 'no_funds', shortfallMicros: 1n });
    expect(await remaining(reservation)).toEqual({ remaining_micros: 60n, state: 'open' });
  });

  it('gives back a part, then the rest, and closes; closing again changes nothing', async () => {
    const account = await fixture.account(100n);
    const { id: reservationId } = await reserve(account, 60n);
    await unreserve({ accountId: account, reservationId, micros: 20n });
    expect(await fixture.balance(account)).toEqual([60n, 40n]);
    await expect(unreserve({ accountId: account, reservationId, micros: 41n })).rejects.toMatchObject({
      code: 'invalid_amount',
    });
    await unreserve({ accountId: account, reservationId });
    await unreserve({ accountId: account, reservationId });
    expect(await fixture.balance(account)).toEqual([100n, 0n]);
    const drawn = (micros: Micros) => ({ ...item(account, `drawn ${micros}`, micros), reservationId });
    const decisions = await hold([drawn(0n), drawn(1n)]);
    expect([...decisions.values()].map((decision) => decision.held)).toEqual([false, false]);
  });

  it('can be of nothing, for a campaign in which everything is free', async () => {
    const account = await fixture.account();
    const reservation = await reserve(account, 0n);
    const free = { ...item(account, 'free', 0n), reservationId: reservation.id };
    expect((await hold([free])).get('free')).toMatchObject({ held: true });
    await unreserve({ accountId: account, reservationId: reservation.id });
    expect(await remaining(reservation)).toEqual({ remaining_micros: 0n, state: 'closed' });
  });

  it('is not there for another account', async () => {
    const [mine, other] = [await fixture.account(100n), await fixture.account(100n)];
    const { id: reservationId } = await reserve(other, 60n);
    await expect(hold([{ ...item(mine, 'x', 1n), reservationId }])).rejects.toMatchObject({ kind: 'not_found' });
    await expect(unreserve({ accountId: mine, reservationId })).rejects.toMatchObject({ kind: 'not_found' });
  });
});

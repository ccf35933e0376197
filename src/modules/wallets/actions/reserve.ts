import type { Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import { movements } from '../domain/movement.js';
import type { Reservation } from '../domain/reservation.js';
import { shortfall, type Wallet } from '../domain/wallet.js';
import {
  findReservation,
  lockReservations,
  lockWallets,
  lockWalletsByCurrency,
  postEntries,
} from '../persistence/ledger.repository.js';
import { INSERT_RESERVATION, SHRINK_RESERVATION } from '../persistence/sql/write-reservations.js';
import { insufficientFunds, invalidAmount, reservationExists, reservationNotFound } from '../wallets.errors.js';

export interface Reserve {
  accountId: string;
  currency: Currency;
  /** The whole quote; zero when everything in it is free. */
  micros: Micros;
  /** What it is for. A subject has one reservation, ever. */
  subjectKind: string;
  subjectId: string;
}

export interface Unreserve {
  accountId: string;
  reservationId: string;
  /** How much goes back; absent: all that is left. */
  micros?: Micros;
  /** No more draws after this. Default: when all that is left goes back. */
  close?: boolean;
}

/**
 * Moves money from available into a reservation, or refuses: `insufficient_funds` with the shortfall. Repeated for the same
 * subject and amount it answers the reservation that stands.
 */
export async function reserve(tx: Tx, request: Reserve, now: Date): Promise<Reservation> {
  const { accountId, currency, micros, subjectKind, subjectId } = request;
  if (micros < 0n) throw invalidAmount();
  const [wallet] = (await lockWalletsByCurrency(tx, [{ accountId, currency }], now)) as [Wallet];
  const standing = await findReservation(tx, accountId, subjectKind, subjectId);
  if (standing) return sameReservation(standing, request, wallet);
  const missing = shortfall(wallet, micros);
  if (missing > 0n) throw insufficientFunds(missing, currency);
  const id = newId(now);
  await tx.query(INSERT_RESERVATION, [accountId, id, wallet.id, subjectKind, subjectId, micros, now]);
  if (micros > 0n) {
    const subject = { kind: subjectKind, id: subjectId };
    const idempotencyKey = `reserve:${id}`;
    const details = { reservationId: id };
    const entry = {
      accountId,
      walletId: wallet.id,
      movement: movements.reserve(micros),
      idempotencyKey,
      subject,
      details,
    };
    await postEntries(tx, [entry], now);
  }
  const amounts = { amountMicros: micros, remainingMicros: micros };
  return { accountId, id, walletId: wallet.id, currency, subjectKind, subjectId, ...amounts, state: 'open' };
}

function sameReservation(standing: Reservation, { micros }: Reserve, wallet: Wallet): Reservation {
  if (standing.amountMicros !== micros || standing.walletId !== wallet.id || standing.state === 'closed')
    throw reservationExists();
  return standing;
}

/**
 * Gives back what a reservation does not need any more. Giving back more than is left is refused (`invalid_amount`); a
 * closed reservation has nothing left, so closing twice is harmless.
 */
export async function unreserve(tx: Tx, request: Unreserve, now: Date): Promise<void> {
  const { accountId, reservationId } = request;
  const [reservation] = await lockReservations(tx, [{ accountId, reservationId }]);
  if (!reservation) throw reservationNotFound();
  const micros = request.micros ?? reservation.remainingMicros;
  if (micros < 0n || micros > reservation.remainingMicros) throw invalidAmount();
  const close = (request.close ?? request.micros === undefined) && reservation.state === 'open';
  if (close && micros < reservation.remainingMicros) throw invalidAmount();
  if (micros > 0n) await giveBack(tx, reservation, micros, now);
  if (micros > 0n || close) await tx.query(SHRINK_RESERVATION, [accountId, reservationId, micros, close, now]);
}

/** The locked row guards against giving back twice, so that the key only has to be unique. */
async function giveBack(tx: Tx, reservation: Reservation, micros: Micros, now: Date): Promise<void> {
  const { accountId, id, walletId, subjectKind, subjectId } = reservation;
  await lockWallets(tx, [{ accountId, walletId }]);
  const idempotencyKey = `unreserve:${id}:${newId(now)}`;
  const entry = {
    accountId,
    walletId,
    movement: movements.unreserve(micros),
    idempotencyKey,
    subject: { kind: subjectKind, id: subjectId },
    details: { reservationId: id },
  };
  await postEntries(tx, [entry], now);
}

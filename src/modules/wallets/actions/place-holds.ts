import type { Tx } from '../../../database/database.js';
import { ledgerKey } from '../domain/entry-key.js';
import {
  type Funds,
  type HoldBatch,
  type HoldDecision,
  type HoldItem,
  planHolds,
  type ReservationFunds,
  type WalletHold,
} from '../domain/hold.js';
import { movements, type Subject } from '../domain/movement.js';
import type { Wallet } from '../domain/wallet.js';
import {
  lockReservations,
  lockWalletsByCurrency,
  type NewEntry,
  postEntries,
} from '../persistence/ledger.repository.js';
import { DRAW_RESERVATIONS } from '../persistence/sql/write-reservations.js';
import { batchAlreadyHeld, reservationNotFound } from '../wallets.errors.js';

/**
 * Holds the prices of batches in the caller's transaction: locks reservations, then wallets, decides item by item over the
 * locked rows, and posts one entry per wallet for everything that this call holds on it. Two to four statements, however
 * many items.
 */
export async function placeHolds(tx: Tx, batches: readonly HoldBatch[], now: Date): Promise<Map<string, HoldDecision>> {
  const { decisions, holds, draws } = planHolds(batches, await lockFunds(tx, batches, now));
  if (draws.size > 0) {
    const drawn = [...draws];
    await tx.query(DRAW_RESERVATIONS, [
      drawn.map(([, draw]) => draw.accountId),
      drawn.map(([id]) => id),
      drawn.map(([, draw]) => draw.micros),
    ]);
  }
  const posted = await postEntries(tx, holds.map(toEntry), now);
  posted.forEach(({ entryId, replayed }, index) => {
    if (replayed) throw batchAlreadyHeld();
    const { itemKeys, wallet } = holds[index]!;
    for (const key of itemKeys) decisions.set(key, { held: true, walletId: wallet.id, holdEntryId: entryId });
  });
  return decisions;
}

async function lockFunds(tx: Tx, batches: readonly HoldBatch[], now: Date): Promise<Funds> {
  const walletKeys = new Map<string, { accountId: string; currency: HoldItem['currency'] }>();
  const reservationKeys = new Map<string, { accountId: string; reservationId: string }>();
  for (const { items } of batches) {
    for (const { accountId, currency, reservationId } of items) {
      if (reservationId) reservationKeys.set(reservationId, { accountId, reservationId });
      else walletKeys.set(accountId + currency, { accountId, currency });
    }
  }
  const reservations = await lockReservationFunds(tx, [...reservationKeys.values()]);
  const wallets = new Map<string, Wallet>();
  if (walletKeys.size > 0)
    for (const wallet of await lockWalletsByCurrency(tx, [...walletKeys.values()], now))
      wallets.set(wallet.accountId + wallet.currency, wallet);
  return {
    wallet: (accountId, currency) => wallets.get(accountId + currency)!,
    reservation: (id) => reservations.get(id)!,
  };
}

async function lockReservationFunds(
  tx: Tx,
  keys: { accountId: string; reservationId: string }[],
): Promise<Map<string, ReservationFunds>> {
  if (keys.length === 0) return new Map();
  const rows = await lockReservations(tx, keys);
  if (rows.length < keys.length) throw reservationNotFound();
  return new Map(rows.map((row) => [row.id, { ...row, open: row.state === 'open' }]));
}

function toEntry({ wallet, micros, itemKeys, batches }: WalletHold): NewEntry {
  return {
    accountId: wallet.accountId,
    walletId: wallet.id,
    movement: movements.hold(micros),
    idempotencyKey: holdKey(wallet.id, [...batches]),
    subject: sharedSubject([...batches]),
    itemCount: itemKeys.length,
  };
}

/** Batches that were accepted together share an entry, and so a key; a batch of two currencies is in two entries. */
function holdKey(walletId: string, batches: HoldBatch[]): string {
  return ledgerKey('hold', walletId, ...batches.map((batch) => batch.batchKey).toSorted());
}

function sharedSubject(batches: HoldBatch[]): Subject {
  const [first, ...others] = batches.map((batch) => batch.subject);
  const same = others.every(({ kind, id }) => kind === first!.kind && id === first!.id);
  return same ? first! : { kind: 'batches', id: batches[0]!.batchKey };
}

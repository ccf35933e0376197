import { together, type Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import type { Micros } from '../../../kernel/money.js';
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
 *
 * `alongside` is what the caller writes for the decisions: sent together with the entries, because everybody who pays with the
 * same wallet waits for this transaction from the lock on.
 */
export async function placeHolds(
  tx: Tx,
  batches: readonly HoldBatch[],
  now: Date,
  alongside: (decisions: Map<string, HoldDecision>) => Promise<unknown> = async () => undefined,
): Promise<Map<string, HoldDecision>> {
  const { decisions, holds, draws } = planHolds(batches, await lockFunds(tx, batches, now));
  const entries = holds.map((hold) => ({ ...toEntry(hold), entryId: newId(now) }));
  holds.forEach(({ itemKeys, wallet }, index) => {
    const holdEntryId = entries[index]!.entryId;
    for (const key of itemKeys) decisions.set(key, { held: true, walletId: wallet.id, holdEntryId });
  });
  const [, posted] = await together(
    drawReservations(tx, [...draws]),
    postEntries(tx, entries, now),
    alongside(decisions),
  );
  if (posted.some(({ replayed }) => replayed)) throw batchAlreadyHeld();
  return decisions;
}

async function drawReservations(
  tx: Tx,
  drawn: [id: string, draw: { accountId: string; micros: Micros }][],
): Promise<void> {
  if (drawn.length === 0) return;
  await tx.query(DRAW_RESERVATIONS, [
    drawn.map(([, draw]) => draw.accountId),
    drawn.map(([id]) => id),
    drawn.map(([, draw]) => draw.micros),
  ]);
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

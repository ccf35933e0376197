import type { Tx } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import type { CounterAccount, EntryKind, Movement, Subject } from '../domain/movement.js';
import type { Reservation } from '../domain/reservation.js';
import type { Wallet } from '../domain/wallet.js';
import { entryKeyReused } from '../wallets.errors.js';
import { FIND_ENTRIES } from './sql/find-entries.js';
import { INSERT_WALLETS } from './sql/insert-wallets.js';
import { FIND_RESERVATION, LOCK_RESERVATIONS } from './sql/lock-reservations.js';
import { LOCK_WALLETS, LOCK_WALLETS_BY_CURRENCY } from './sql/lock-wallets.js';
import { POST_ENTRIES } from './sql/post-entries.js';

/** One entry to be posted on one wallet. */
export interface NewEntry {
  accountId: string;
  walletId: string;
  /** Where the caller has written it down already; absent: a new one. */
  entryId?: string;
  movement: Movement;
  /** For ever unique in the account; the same key again is the same entry. */
  idempotencyKey: string;
  subject: Subject;
  itemCount?: number;
  details?: Record<string, unknown>;
}

export interface PostedEntry {
  entryId: string;
  /** True when an earlier call had posted it: nothing moved now. */
  replayed: boolean;
}

/** Locks wallets by id, in the one lock order. Unknown ones are missing in the answer. */
export function lockWallets(tx: Tx, keys: readonly { accountId: string; walletId: string }[]): Promise<Wallet[]> {
  return tx.query<Wallet>(LOCK_WALLETS, [keys.map((key) => key.accountId), keys.map((key) => key.walletId)]);
}

/** Locks wallets by currency and opens those that are missing. */
export async function lockWalletsByCurrency(
  tx: Tx,
  keys: readonly { accountId: string; currency: Currency }[],
  now: Date,
): Promise<Wallet[]> {
  const values = [keys.map((key) => key.accountId), keys.map((key) => key.currency)];
  const wallets = await tx.query<Wallet>(LOCK_WALLETS_BY_CURRENCY, values);
  if (wallets.length === keys.length) return wallets;
  await openWallets(tx, keys, now);
  return tx.query<Wallet>(LOCK_WALLETS_BY_CURRENCY, values);
}

/** Opens wallets where there are none; sorted, so that two transactions that open the same ones do not cross. */
export async function openWallets(
  tx: Tx,
  keys: readonly { accountId: string; currency: Currency }[],
  now: Date,
): Promise<void> {
  const sorted = keys.toSorted((a, b) => compare(a.accountId, b.accountId) || compare(a.currency, b.currency));
  await tx.query(INSERT_WALLETS, [
    sorted.map((key) => key.accountId),
    sorted.map(() => newId(now)),
    sorted.map((key) => key.currency),
    now,
  ]);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Locks reservations in id order. Must come before wallets are locked. */
export function lockReservations(
  tx: Tx,
  keys: readonly { accountId: string; reservationId: string }[],
): Promise<Reservation[]> {
  return tx.query<Reservation>(LOCK_RESERVATIONS, [
    keys.map((key) => key.accountId),
    keys.map((key) => key.reservationId),
  ]);
}

/** The reservation of a subject, open or closed, or null. Ask after the wallet is locked. */
export async function findReservation(
  tx: Tx,
  accountId: string,
  subjectKind: string,
  subjectId: string,
): Promise<Reservation | null> {
  const rows = await tx.query<Reservation>(FIND_RESERVATION, [accountId, subjectKind, subjectId]);
  return rows[0] ?? null;
}

/**
 * Posts entries on wallets that this transaction has locked, and answers in the order given. An entry that was posted
 * before under its key is answered and moves nothing; the same key with another movement is refused
 * (`entry_key_reused`).
 */
export async function postEntries(tx: Tx, entries: readonly NewEntry[], now: Date): Promise<PostedEntry[]> {
  if (entries.length === 0) return [];
  refuseDoubleKeys(entries);
  const posted = await tx.query<PostedRow>(POST_ENTRIES, postValues(entries, now));
  const ids = new Map(posted.map((row) => [entryKey(row), row.entryId]));
  const skipped = entries.filter((entry) => !ids.has(entryKey(entry)));
  const earlier = skipped.length > 0 ? await findEarlier(tx, skipped) : new Map<string, string>();
  return entries.map((entry) => {
    const entryId = ids.get(entryKey(entry)) ?? earlier.get(entryKey(entry));
    if (!entryId) throw new Error(`wallet ${entry.walletId} is not there, or not locked`);
    return { entryId, replayed: !ids.has(entryKey(entry)) };
  });
}

interface PostedRow {
  accountId: string;
  idempotencyKey: string;
  entryId: string;
}

interface EarlierRow extends PostedRow {
  kind: EntryKind;
  walletId: string;
  availableMicros: Micros;
  heldMicros: Micros;
  counter: CounterAccount | null;
}

/** Key of an entry in maps over many accounts. */
export const entryKey = ({ accountId, idempotencyKey }: { accountId: string; idempotencyKey: string }): string =>
  accountId + idempotencyKey;

function refuseDoubleKeys(entries: readonly NewEntry[]): void {
  if (new Set(entries.map(entryKey)).size < entries.length) throw new Error('two entries of one call share a key');
}

function postValues(entries: readonly NewEntry[], now: Date): unknown[] {
  return [
    entries.map((entry) => entry.accountId),
    entries.map((entry) => entry.walletId),
    entries.map((entry) => entry.entryId ?? newId(now)),
    entries.map((entry) => entry.movement.kind),
    entries.map((entry) => entry.idempotencyKey),
    entries.map((entry) => entry.subject.kind),
    entries.map((entry) => entry.subject.id),
    entries.map((entry) => entry.itemCount ?? 1),
    entries.map((entry) => JSON.stringify(entry.details ?? {})),
    entries.map((entry) => entry.movement.availableMicros),
    entries.map((entry) => entry.movement.heldMicros),
    entries.map((entry) => entry.movement.counter),
    now,
  ];
}

/**
 * Entries that stand under these keys already, by {@link entryKey}. Ask after the wallets are locked. The same key with
 * another movement is refused (`entry_key_reused`).
 */
export async function findEarlier(tx: Tx, entries: readonly NewEntry[]): Promise<Map<string, string>> {
  const rows = await tx.query<EarlierRow>(FIND_ENTRIES, [
    entries.map((entry) => entry.accountId),
    entries.map((entry) => entry.idempotencyKey),
  ]);
  const found = new Map(rows.map((row) => [entryKey(row), row]));
  const earlier = new Map<string, string>();
  for (const entry of entries) {
    const row = found.get(entryKey(entry));
    if (!row) continue;
    if (!isSame(entry, row)) throw entryKeyReused(entry.idempotencyKey);
    earlier.set(entryKey(entry), row.entryId);
  }
  return earlier;
}

function isSame({ walletId, movement }: NewEntry, row: EarlierRow): boolean {
  return (
    row.walletId === walletId &&
    row.kind === movement.kind &&
    row.availableMicros === movement.availableMicros &&
    row.heldMicros === movement.heldMicros &&
    row.counter === movement.counter
  );
}

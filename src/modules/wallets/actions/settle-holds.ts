import type { Tx } from '../../../database/database.js';
import type { Micros } from '../../../kernel/money.js';
import { type Movement, movements, type Subject } from '../domain/movement.js';
import { walletKey } from '../domain/wallet.js';
import { lockWallets, type NewEntry, postEntries } from '../persistence/ledger.repository.js';

/** What one settling transaction moves on one wallet: the sum over its messages. */
export interface SettleItem {
  accountId: string;
  walletId: string;
  micros: Micros;
  /** How many messages the sum is of. */
  count: number;
  /** For ever unique in the account; the same key again is the same entry. */
  idempotencyKey: string;
  subject: Subject;
}

/** held -> revenue. */
export const captureHolds = (tx: Tx, items: readonly SettleItem[], now: Date) =>
  settle(tx, items, movements.capture, now);

/** held -> available, also for what a reservation had lent. */
export const releaseHolds = (tx: Tx, items: readonly SettleItem[], now: Date) =>
  settle(tx, items, movements.release, now);

/** revenue -> available. */
export const refundCaptures = (tx: Tx, items: readonly SettleItem[], now: Date) =>
  settle(tx, items, movements.refund, now);

async function settle(
  tx: Tx,
  items: readonly SettleItem[],
  move: (micros: Micros) => Movement,
  now: Date,
): Promise<Map<string, string>> {
  const entries = items.filter(({ micros }) => micros !== 0n).map((item) => toEntry(item, move));
  const entryIds = new Map<string, string>();
  if (entries.length === 0) return entryIds;
  await lockWallets(tx, entries);
  const posted = await postEntries(tx, entries, now);
  posted.forEach(({ entryId }, index) => {
    const { accountId, walletId } = entries[index]!;
    entryIds.set(walletKey(accountId, walletId), entryId);
  });
  if (entryIds.size < entries.length) throw new Error('one item per wallet and call');
  return entryIds;
}

function toEntry(item: SettleItem, move: (micros: Micros) => Movement): NewEntry {
  const { accountId, walletId, micros, count, idempotencyKey, subject } = item;
  if (micros < 0n) throw new RangeError('what is settled is never negative');
  return { accountId, walletId, movement: move(micros), idempotencyKey, subject, itemCount: count };
}

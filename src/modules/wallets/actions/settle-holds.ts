import { together, type Tx } from '../../../database/database.js';
import type { Micros } from '../../../kernel/money.js';
import { movements, type Subject } from '../domain/movement.js';
import { walletKey } from '../domain/wallet.js';
import { lockWallets, type NewEntry, postEntries } from '../persistence/ledger.repository.js';

/** What one settling transaction moves on one wallet: the sum over its messages. */
export interface SettleItem {
  accountId: string;
  walletId: string;
  /** Of the entry, where the caller has written it down already; absent: a new one. */
  entryId?: string;
  micros: Micros;
  /** How many messages the sum is of. */
  count: number;
  /** How many parts they have together; kept with the entry, for whoever tells what was used. */
  parts?: number;
  /** For ever unique in the account; the same key again is the same entry. */
  idempotencyKey: string;
  subject: Subject;
}

export type SettleKind = 'capture' | 'release' | 'refund';

/** A {@link SettleItem} with its direction. */
export interface SettleMove extends SettleItem {
  kind: SettleKind;
}

/** held -> revenue. */
export const captureHolds = (tx: Tx, items: readonly SettleItem[], now: Date) => settleAll(tx, 'capture', items, now);

/** held -> available, also for what a reservation had lent. */
export const releaseHolds = (tx: Tx, items: readonly SettleItem[], now: Date) => settleAll(tx, 'release', items, now);

/** revenue -> available. */
export const refundCaptures = (tx: Tx, items: readonly SettleItem[], now: Date) => settleAll(tx, 'refund', items, now);

/** Key of an entry in the answer of {@link settleMoves}. */
export function settleKey({ kind, accountId, walletId }: Pick<SettleMove, 'kind' | 'accountId' | 'walletId'>): string {
  return `${kind}/${walletKey(accountId, walletId)}`;
}

/**
 * Settles in several directions at once: all wallets are locked together, in the one order, so that transactions which
 * capture here and release there do not cross. One item per direction and wallet; entry ids by {@link settleKey}.
 */
export async function settleMoves(tx: Tx, moves: readonly SettleMove[], now: Date): Promise<Map<string, string>> {
  const moving = moves.filter(({ micros }) => micros !== 0n);
  const entryIds = new Map<string, string>();
  if (moving.length === 0) return entryIds;
  const entries = moving.map(toEntry);
  const [, posted] = await together(lockWallets(tx, entries), postEntries(tx, entries, now));
  posted.forEach(({ entryId }, index) => entryIds.set(settleKey(moving[index]!), entryId));
  if (entryIds.size < entries.length) throw new Error('one item per direction, wallet and call');
  return entryIds;
}

async function settleAll(tx: Tx, kind: SettleKind, items: readonly SettleItem[], now: Date) {
  const moves = items.map((item): SettleMove => ({ ...item, kind }));
  const settled = await settleMoves(tx, moves, now);
  return new Map(
    moves.flatMap((move) => {
      const entryId = settled.get(settleKey(move));
      return entryId === undefined ? [] : [[walletKey(move.accountId, move.walletId), entryId]];
    }),
  );
}

function toEntry(move: SettleMove): NewEntry {
  const { kind, accountId, walletId, entryId, micros, count, parts, idempotencyKey, subject } = move;
  if (micros < 0n) throw new RangeError('what is settled is never negative');
  const movement = movements[kind](micros);
  const details = parts === undefined ? undefined : { parts };
  return { accountId, walletId, entryId, movement, idempotencyKey, subject, itemCount: count, details };
}

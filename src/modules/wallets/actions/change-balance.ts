import type { Tx } from '../../../database/database.js';
import { type Currency, MAX_MICROS, type Micros } from '../../../kernel/money.js';
import { type Movement, movements, type Subject } from '../domain/movement.js';
import { shortfall, type Wallet } from '../domain/wallet.js';
import {
  entryKey,
  findEarlier,
  lockWalletsByCurrency,
  type PostedEntry,
  postEntries,
} from '../persistence/ledger.repository.js';
import { insufficientFunds, invalidAmount } from '../wallets.errors.js';

export interface BalanceChange {
  accountId: string;
  currency: Currency;
  micros: Micros;
  /** For ever unique in the account; the same key again is the same entry, with another amount it is refused. */
  idempotencyKey: string;
  subject: Subject;
  /** Shown in the statement: a document's number, a reason. */
  details?: Record<string, unknown>;
}

export interface TopUp extends BalanceChange {
  /** Where the money comes from. `adjustments` is a correction and may be negative. */
  from: 'bank' | 'promotions' | 'adjustments';
}

export interface Purchase extends BalanceChange {
  details: { service: string } & Record<string, unknown>;
}

export interface ChangedBalance extends PostedEntry {
  /** The wallet as it is afterwards. */
  wallet: Wallet;
}

/** Puts money into a wallet; the wallet is opened if there is none. */
export function topUp(tx: Tx, change: TopUp, now: Date): Promise<ChangedBalance> {
  if (change.from === 'adjustments') return adjust(tx, change, now);
  if (change.micros <= 0n) throw invalidAmount();
  return post(tx, change, movements.topUp(change.micros, change.from), { mayOverdraw: true }, now);
}

/**
 * Many at once, on any wallets, each an entry of its own: locks every wallet once and answers in the order given. For money from the bank
 * or of promotions.
 */
export async function topUpAll(tx: Tx, changes: readonly TopUp[], now: Date): Promise<PostedEntry[]> {
  if (changes.length === 0) return [];
  const keyOf = ({ accountId, currency }: { accountId: string; currency: Currency }) => `${accountId} ${currency}`;
  const wanted = new Map(changes.map((change) => [keyOf(change), change]));
  const wallets = new Map((await lockWalletsByCurrency(tx, [...wanted.values()], now)).map((one) => [keyOf(one), one]));
  const balances = new Map([...wallets].map(([key, { availableMicros }]) => [key, availableMicros]));
  const entries = changes.map((change) => {
    const { accountId, micros, from, idempotencyKey, subject, details } = change;
    if (micros <= 0n || from === 'adjustments') throw invalidAmount();
    const after = balances.get(keyOf(change))! + micros;
    if (after > MAX_MICROS) throw invalidAmount();
    balances.set(keyOf(change), after);
    const walletId = wallets.get(keyOf(change))!.id;
    return { accountId, walletId, movement: movements.topUp(micros, from), idempotencyKey, subject, details };
  });
  return postEntries(tx, entries, now);
}

/** Corrects a balance in either direction. Takes no more than the wallet could spend: `insufficient_funds`. */
export function adjust(tx: Tx, change: BalanceChange, now: Date): Promise<ChangedBalance> {
  if (change.micros === 0n) throw invalidAmount();
  return post(tx, change, movements.adjustment(change.micros), { mayOverdraw: change.micros > 0n }, now);
}

/** The bank took a payment back. May go below the credit limit: from then on nothing is held until it is paid. */
export function reverseTopUp(tx: Tx, change: BalanceChange, now: Date): Promise<ChangedBalance> {
  if (change.micros <= 0n) throw invalidAmount();
  return post(tx, change, movements.bankReversal(change.micros), { mayOverdraw: true }, now);
}

/**
 * Pays for a service at once, without a hold before it. Takes no more than the wallet could spend: `insufficient_funds`. `details.service` is
 * the service's code, by which statements are filtered.
 */
export function purchase(tx: Tx, change: Purchase, now: Date): Promise<ChangedBalance> {
  if (change.micros <= 0n) throw invalidAmount();
  return post(tx, change, movements.purchase(change.micros), { mayOverdraw: false }, now);
}

async function post(
  tx: Tx,
  change: BalanceChange,
  movement: Movement,
  { mayOverdraw }: { mayOverdraw: boolean },
  now: Date,
): Promise<ChangedBalance> {
  const { accountId, currency, idempotencyKey, subject, details } = change;
  const [wallet] = (await lockWalletsByCurrency(tx, [{ accountId, currency }], now)) as [Wallet];
  const entry = { accountId, walletId: wallet.id, movement, idempotencyKey, subject, details };
  // Before anything is checked: a repeat is answered like the first time, whatever the balance is by now.
  const earlier = await findEarlier(tx, [entry]);
  const entryId = earlier.get(entryKey(entry));
  if (entryId) return { entryId, replayed: true, wallet };
  const missing = mayOverdraw ? 0n : shortfall(wallet, -movement.availableMicros);
  if (missing > 0n) throw insufficientFunds(missing, currency);
  const availableMicros = wallet.availableMicros + movement.availableMicros;
  if (availableMicros > MAX_MICROS || availableMicros < -MAX_MICROS) throw invalidAmount();
  const [posted] = (await postEntries(tx, [entry], now)) as [PostedEntry];
  return { ...posted, wallet: { ...wallet, availableMicros } };
}

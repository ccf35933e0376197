import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import type { Currency } from '../../kernel/money.js';
import {
  adjust,
  type BalanceChange,
  type ChangedBalance,
  type Purchase,
  purchase,
  reverseTopUp,
  topUp,
  topUpAll,
  type TopUp,
} from './actions/change-balance.js';
import { placeHolds } from './actions/place-holds.js';
import { type Reserve, reserve, type Unreserve, unreserve } from './actions/reserve.js';
import {
  captureHolds,
  refundCaptures,
  releaseHolds,
  type SettleItem,
  type SettleMove,
  settleMoves,
} from './actions/settle-holds.js';
import type { HoldBatch, HoldDecision } from './domain/hold.js';
import type { Reservation } from './domain/reservation.js';
import type { Wallet } from './domain/wallet.js';
import { lockWalletsByCurrency, type PostedEntry } from './persistence/ledger.repository.js';
import { LIST_WALLETS } from './persistence/sql/list-wallets.js';

/** Money of many messages that was moved in one transaction. */
export interface CommittedMove {
  operation: 'hold' | 'settle';
  ms: number;
}

/**
 * The door to the money. Everything that moves takes the caller's transaction and never commits it, so that money and
 * what it is for change together; when a call throws, roll the transaction back. Locks are taken in one order everywhere:
 * reservations, then wallets, each in id order; so a transaction makes one call, with everything in it.
 */
@Injectable()
export class LedgerService {
  private readonly listeners = new Set<(done: CommittedMove) => void>();
  private readonly fundsListeners = new Set<(accountId: string) => void>();

  constructor(private readonly database: Database) {}

  /** Hears, after the commit, how long wallets were kept from everybody else: from their lock to the commit. */
  onCommitted(listener: (done: CommittedMove) => void): void {
    this.listeners.add(listener);
  }

  /** Hears, after the commit, that an account has more to spend: it was topped up in this process. A hint; nobody keeps it for later. */
  onFunds(listener: (accountId: string) => void): void {
    this.fundsListeners.add(listener);
  }

  /** Tells of it: for what lets an account spend more without moving anything, such as its credit limit. */
  fundsCame(tx: Tx, accountId: string): void {
    tx.afterCommit(() => {
      for (const listener of this.fundsListeners) listener(accountId);
    });
  }

  /**
   * available -> held for each item that its wallet, or its reservation, can pay; keyed by `itemKey`. Later batches see
   * what earlier ones took. A batch that was held before is refused: `batch_already_held`. What the caller writes for the
   * decisions goes `alongside` the entries, so that the wallet is locked for no longer than it must be.
   */
  placeHolds(
    tx: Tx,
    batches: readonly HoldBatch[],
    now: Date,
    alongside?: (decisions: Map<string, HoldDecision>) => Promise<unknown>,
  ): Promise<Map<string, HoldDecision>> {
    this.time(tx, 'hold');
    return placeHolds(tx, batches, now, alongside);
  }

  /** held -> revenue. One item per wallet; answers entry ids by {@link walletKey}, none where the sum is zero. */
  captureHolds(tx: Tx, items: readonly SettleItem[], now: Date): Promise<Map<string, string>> {
    return captureHolds(tx, items, now);
  }

  /** held -> available, also for what a reservation had lent. Answers like {@link captureHolds}. */
  releaseHolds(tx: Tx, items: readonly SettleItem[], now: Date): Promise<Map<string, string>> {
    return releaseHolds(tx, items, now);
  }

  /** revenue -> available, for messages that were captured. Answers like {@link captureHolds}. */
  refundCaptures(tx: Tx, items: readonly SettleItem[], now: Date): Promise<Map<string, string>> {
    return refundCaptures(tx, items, now);
  }

  /** Captures, releases and refunds in one call that locks every wallet once; answers entry ids by {@link settleKey}. */
  settle(tx: Tx, moves: readonly SettleMove[], now: Date): Promise<Map<string, string>> {
    this.time(tx, 'settle');
    return settleMoves(tx, moves, now);
  }

  /** Money comes in. Idempotent by key: the same key again answers the same entry and moves nothing. */
  topUp(tx: Tx, change: TopUp, now: Date): Promise<ChangedBalance> {
    this.fundsCame(tx, change.accountId);
    return topUp(tx, change, now);
  }

  /** The same for many payments of any accounts, each an entry; every wallet is locked once. Answers in the order given. */
  topUpAll(tx: Tx, changes: readonly TopUp[], now: Date): Promise<PostedEntry[]> {
    for (const accountId of new Set(changes.map((change) => change.accountId))) this.fundsCame(tx, accountId);
    return topUpAll(tx, changes, now);
  }

  /** A correction in either direction, never below what the wallet could spend: `insufficient_funds`. */
  adjust(tx: Tx, change: BalanceChange, now: Date): Promise<ChangedBalance> {
    if (change.micros > 0n) this.fundsCame(tx, change.accountId);
    return adjust(tx, change, now);
  }

  /** The bank took money back: may go below the credit limit, and then nothing more is held. `micros` is positive. */
  reverseTopUp(tx: Tx, change: BalanceChange, now: Date): Promise<ChangedBalance> {
    return reverseTopUp(tx, change, now);
  }

  /** available -> revenue: a service that is paid when it is bought or renewed. `insufficient_funds` with the shortfall; idempotent by key. */
  purchase(tx: Tx, change: Purchase, now: Date): Promise<ChangedBalance> {
    return purchase(tx, change, now);
  }

  /** Sets funds aside for a campaign, or refuses: `insufficient_funds` with the shortfall. Idempotent by subject and amount. */
  reserve(tx: Tx, request: Reserve, now: Date): Promise<Reservation> {
    return reserve(tx, request, now);
  }

  /** Gives back a part or all that is left; with all of it the reservation closes. Nothing left: nothing happens. */
  unreserve(tx: Tx, request: Unreserve, now: Date): Promise<void> {
    return unreserve(tx, request, now);
  }

  /** Opens the account's wallet in a currency if there is none, and locks it. */
  async ensureWallet(tx: Tx, accountId: string, currency: Currency, now: Date): Promise<Wallet> {
    const [wallet] = await lockWalletsByCurrency(tx, [{ accountId, currency }], now);
    return wallet!;
  }

  private time(tx: Tx, operation: CommittedMove['operation']): void {
    if (this.listeners.size === 0) return;
    const beganMs = performance.now();
    tx.afterCommit(() => {
      for (const listener of this.listeners) listener({ operation, ms: performance.now() - beganMs });
    });
  }

  /** The account's wallets as they are now. */
  wallets(accountId: string): Promise<Wallet[]> {
    return this.database.query<Wallet>(LIST_WALLETS, [accountId]);
  }
}

import type { Currency, Micros } from '../../../kernel/money.js';
import type { Subject } from './movement.js';
import { shortfall, type Wallet } from './wallet.js';

/** One message that wants to be paid for. Prices are not negative; a price of zero is held without a posting. */
export interface HoldItem {
  accountId: string;
  /** Names the item in the answer, such as the message's id; unique in the call. */
  itemKey: string;
  priceMicros: Micros;
  currency: Currency;
  /** Draws from this reservation instead of the wallet's available money. */
  reservationId?: string | null;
}

/** What one caller wants held. `reject` is all or nothing for each account of the batch. */
export interface HoldBatch {
  /** Names the batch for ever: the same batch can not be held twice. */
  batchKey: string;
  onInsufficientFunds: 'partial' | 'reject';
  items: readonly HoldItem[];
  subject: Subject;
}

/**
 * `holdEntryId` is null when nothing was posted: drawn from a reservation, or free. `shortfallMicros` is what was missing
 * when the item's turn came; under `reject`, what was missing for the whole batch.
 */
export type HoldDecision =
  | { held: true; walletId: string; holdEntryId: string | null }
  | { held: false; code: 'no_funds'; shortfallMicros: Micros };

/** A reservation as its locked row says. */
export interface ReservationFunds {
  id: string;
  walletId: string;
  currency: Currency;
  remainingMicros: Micros;
  open: boolean;
}

/** The locked rows that a decision is made on. */
export interface Funds {
  wallet(accountId: string, currency: Currency): Wallet;
  reservation(reservationId: string): ReservationFunds;
}

/** What one wallet pays for in this call: becomes one ledger entry. */
export interface WalletHold {
  wallet: Wallet;
  micros: Micros;
  itemKeys: string[];
  batches: Set<HoldBatch>;
}

export interface HoldPlan {
  decisions: Map<string, HoldDecision>;
  holds: WalletHold[];
  /** Micros to take from each reservation. */
  draws: Map<string, { accountId: string; micros: Micros }>;
}

/** Money that items are taken from one after the other: a wallet's available money, or a reservation. */
interface Purse {
  walletId: string;
  /** What is missing to take `micros` more. */
  missing(micros: Micros): Micros;
  take(item: HoldItem, batch: HoldBatch): void;
}

/**
 * Decides item by item, in request order: whoever comes first is paid first, and a cheaper item may still fit where a
 * dearer one did not.
 */
export function planHolds(batches: readonly HoldBatch[], funds: Funds): HoldPlan {
  const plan: HoldPlan = { decisions: new Map(), holds: [], draws: new Map() };
  const purses = new Purses(funds, plan);
  for (const batch of batches) {
    if (batch.onInsufficientFunds === 'partial') for (const item of batch.items) decide(item, batch, purses, plan);
    else for (const items of byAccount(batch.items).values()) decideTogether(items, batch, purses, plan);
  }
  return plan;
}

function decide(item: HoldItem, batch: HoldBatch, purses: Purses, plan: HoldPlan): void {
  const purse = purses.of(item);
  const missing = purse.missing(item.priceMicros);
  if (missing > 0n) return refuse(item, missing, plan);
  purse.take(item, batch);
  if (plan.decisions.has(item.itemKey)) throw new Error(`item ${item.itemKey} stands twice in one call`);
  plan.decisions.set(item.itemKey, { held: true, walletId: purse.walletId, holdEntryId: null });
}

function decideTogether(items: HoldItem[], batch: HoldBatch, purses: Purses, plan: HoldPlan): void {
  const wanted = new Map<Purse, Micros>();
  for (const item of items) {
    const purse = purses.of(item);
    wanted.set(purse, (wanted.get(purse) ?? 0n) + item.priceMicros);
  }
  const missing = new Map([...wanted].map(([purse, micros]) => [purse, purse.missing(micros)]));
  const short = [...missing.values()].some((micros) => micros > 0n);
  for (const item of items) {
    if (short) refuse(item, missing.get(purses.of(item))!, plan);
    else decide(item, batch, purses, plan);
  }
}

function refuse(item: HoldItem, shortfallMicros: Micros, plan: HoldPlan): void {
  if (plan.decisions.has(item.itemKey)) throw new Error(`item ${item.itemKey} stands twice in one call`);
  plan.decisions.set(item.itemKey, { held: false, code: 'no_funds', shortfallMicros });
}

function byAccount(items: readonly HoldItem[]): Map<string, HoldItem[]> {
  const groups = new Map<string, HoldItem[]>();
  for (const item of items) {
    const group = groups.get(item.accountId);
    if (group) group.push(item);
    else groups.set(item.accountId, [item]);
  }
  return groups;
}

/** Opens each purse once and keeps what is left in it while items are taken. */
class Purses {
  private readonly wallets = new Map<string, Purse>();
  private readonly reservations = new Map<string, Purse>();

  constructor(
    private readonly funds: Funds,
    private readonly plan: HoldPlan,
  ) {}

  of(item: HoldItem): Purse {
    if (item.priceMicros < 0n) throw new RangeError('a price is never negative');
    return item.reservationId ? this.ofReservation(item, item.reservationId) : this.ofWallet(item);
  }

  private ofWallet({ accountId, currency }: HoldItem): Purse {
    const key = accountId + currency;
    let purse = this.wallets.get(key);
    if (!purse) this.wallets.set(key, (purse = this.openWallet(this.funds.wallet(accountId, currency))));
    return purse;
  }

  private openWallet(wallet: Wallet): Purse {
    const { creditLimitMicros } = wallet;
    const hold: WalletHold = { wallet, micros: 0n, itemKeys: [], batches: new Set() };
    return {
      walletId: wallet.id,
      missing: (micros) =>
        shortfall({ availableMicros: wallet.availableMicros - hold.micros, creditLimitMicros }, micros),
      take: ({ itemKey, priceMicros }, batch) => {
        if (priceMicros === 0n) return;
        if (hold.micros === 0n) this.plan.holds.push(hold);
        hold.micros += priceMicros;
        hold.itemKeys.push(itemKey);
        hold.batches.add(batch);
      },
    };
  }

  private ofReservation(item: HoldItem, reservationId: string): Purse {
    let purse = this.reservations.get(reservationId);
    if (!purse) this.reservations.set(reservationId, (purse = this.openReservation(item, reservationId)));
    return purse;
  }

  /** A closed reservation has nothing left, not even for what is free: its campaign is over. */
  private openReservation({ accountId, currency }: HoldItem, reservationId: string): Purse {
    const reservation = this.funds.reservation(reservationId);
    if (reservation.currency !== currency) throw new Error(`reservation ${reservationId} is not in ${currency}`);
    let left = reservation.remainingMicros;
    return {
      walletId: reservation.walletId,
      missing: (micros) => (!reservation.open ? micros || 1n : micros > left ? micros - left : 0n),
      take: ({ priceMicros }) => {
        if (priceMicros === 0n) return;
        left -= priceMicros;
        this.plan.draws.set(reservationId, { accountId, micros: reservation.remainingMicros - left });
      },
    };
  }
}

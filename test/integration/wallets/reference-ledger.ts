/**
 * The ledger as one would write it on a sheet of paper: numbers in memory, no locks, no batches. The real one is compared
 * with it after every step. Refusals are returned by their codes.
 */
export class ReferenceLedger {
  readonly wallets = new Map<string, ReferenceWallet>();
  readonly reservations: ReferenceReservation[] = [];
  readonly messages: ReferenceMessage[] = [];
  readonly keys = new Map<string, string>();

  open(wallet: string): void {
    this.wallets.set(wallet, { available: 0n, held: 0n, limit: 0n, revenue: 0n, outside: 0n });
  }

  /** Positive from outside, or negative; `bounded` when it may not take more than could be spent. */
  change(key: string, what: string, wallet: string, micros: bigint, bounded: boolean): string {
    const fingerprint = `${what} ${wallet} ${micros}`;
    const earlier = this.keys.get(key);
    if (earlier !== undefined) return earlier === fingerprint ? 'replayed' : 'entry_key_reused';
    const state = this.wallets.get(wallet)!;
    if (bounded && micros < 0n && state.available + state.limit < -micros) return 'insufficient_funds';
    state.available += micros;
    state.outside -= micros;
    this.keys.set(key, fingerprint);
    return 'done';
  }

  /** What was bought is revenue, and did not go outside. */
  earn(wallet: string, micros: bigint): void {
    const state = this.wallets.get(wallet)!;
    state.outside -= micros;
    state.revenue += micros;
  }

  /** Which items are held, in order. */
  hold(items: ReferenceItem[], allOrNothing: boolean): boolean[] {
    if (!allOrNothing) return items.map((item) => this.holdOne(item));
    const before = this.funds();
    const held = items.map((item) => this.holdOne(item));
    if (held.every(Boolean)) return held;
    this.restore(before);
    this.messages.splice(this.messages.length - held.filter(Boolean).length);
    return items.map(() => false);
  }

  private holdOne({ wallet, price, reservation }: ReferenceItem): boolean {
    const state = this.wallets.get(wallet)!;
    if (reservation) {
      if (!reservation.open || reservation.left < price) return false;
      reservation.left -= price;
    } else {
      if (state.available - price < -state.limit) return false;
      state.available -= price;
      state.held += price;
    }
    this.messages.push({ wallet, price, state: 'held' });
    return true;
  }

  settle(message: ReferenceMessage, how: 'capture' | 'release' | 'refund'): void {
    const state = this.wallets.get(message.wallet)!;
    if (how === 'refund') state.revenue -= message.price;
    else state.held -= message.price;
    if (how === 'capture') state.revenue += message.price;
    else state.available += message.price;
    message.state = how === 'capture' ? 'captured' : how === 'release' ? 'released' : 'refunded';
  }

  reserve(wallet: string, micros: bigint): ReferenceReservation | null {
    const state = this.wallets.get(wallet)!;
    if (state.available + state.limit < micros) return null;
    state.available -= micros;
    state.held += micros;
    const reservation = { wallet, left: micros, open: true };
    this.reservations.push(reservation);
    return reservation;
  }

  unreserve(reservation: ReferenceReservation, micros: bigint | undefined): boolean {
    const back = micros ?? reservation.left;
    if (back > reservation.left) return false;
    const state = this.wallets.get(reservation.wallet)!;
    state.available += back;
    state.held -= back;
    reservation.left -= back;
    if (micros === undefined) reservation.open = false;
    return true;
  }

  /** What must be held: messages, and what is left of reservations. */
  heldBySubjects(wallet: string): bigint {
    const mine = <T extends { wallet: string }>(all: T[]): T[] => all.filter((one) => one.wallet === wallet);
    const messages = mine(this.messages).filter(({ state }) => state === 'held');
    return (
      messages.reduce((sum, { price }) => sum + price, 0n) +
      mine(this.reservations).reduce((sum, { left }) => sum + left, 0n)
    );
  }

  private funds() {
    return {
      wallets: [...this.wallets].map(([id, wallet]) => [id, { ...wallet }] as const),
      left: this.reservations.map(({ left }) => left),
    };
  }

  private restore({ wallets, left }: ReturnType<ReferenceLedger['funds']>): void {
    for (const [id, wallet] of wallets) this.wallets.set(id, wallet);
    this.reservations.forEach((reservation, index) => (reservation.left = left[index]!));
  }
}

export interface ReferenceWallet {
  available: bigint;
  held: bigint;
  limit: bigint;
  revenue: bigint;
  /** Bank, promotions and adjustments together. */
  outside: bigint;
}

export interface ReferenceReservation {
  wallet: string;
  left: bigint;
  open: boolean;
}

export interface ReferenceMessage {
  wallet: string;
  price: bigint;
  state: 'held' | 'captured' | 'released' | 'refunded';
}

export interface ReferenceItem {
  wallet: string;
  price: bigint;
  reservation?: ReferenceReservation;
}

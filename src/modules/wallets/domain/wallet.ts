import type { Currency, Micros } from '../../../kernel/money.js';

/** A wallet as its row says: two ledger accounts, available and held, and how far available may go below zero. */
export interface Wallet {
  accountId: string;
  id: string;
  service: string;
  currency: Currency;
  availableMicros: Micros;
  heldMicros: Micros;
  creditLimitMicros: Micros;
}

/** What is missing for spending `micros`: zero when the wallet can pay. A wallet beyond its limit cannot pay even zero. */
export function shortfall(wallet: Pick<Wallet, 'availableMicros' | 'creditLimitMicros'>, micros: Micros): Micros {
  const missing = micros - wallet.availableMicros - wallet.creditLimitMicros;
  return missing > 0n ? missing : 0n;
}

/** Key of a wallet in maps over many accounts. */
export function walletKey(accountId: string, walletId: string): string {
  return `${accountId}/${walletId}`;
}

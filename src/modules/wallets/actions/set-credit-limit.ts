import type { Tx } from '../../../database/database.js';
import { type Currency, MAX_MICROS, type Micros } from '../../../kernel/money.js';
import type { Wallet } from '../domain/wallet.js';
import { lockWallets } from '../persistence/ledger.repository.js';
import { currencyMismatch, invalidAmount, walletNotFound } from '../wallets.errors.js';

export interface CreditLimit {
  accountId: string;
  walletId: string;
  micros: Micros;
  currency: Currency;
}

/**
 * How far below zero the available balance may go from now on. What was spent under the old limit stays; a wallet that is
 * beyond its new limit holds nothing more until money comes in.
 */
export async function setCreditLimit(
  tx: Tx,
  { accountId, walletId, micros, currency }: CreditLimit,
): Promise<{ before: Micros; wallet: Wallet }> {
  const [wallet] = await lockWallets(tx, [{ accountId, walletId }]);
  if (!wallet) throw walletNotFound();
  if (currency !== wallet.currency) throw currencyMismatch();
  if (micros < 0n || micros > MAX_MICROS) throw invalidAmount();
  await tx.query(`UPDATE wallets SET credit_limit_micros = $3 WHERE account_id = $1 AND id = $2`, [
    accountId,
    walletId,
    micros,
  ]);
  return { before: wallet.creditLimitMicros, wallet: { ...wallet, creditLimitMicros: micros } };
}

import { DomainError } from '../../kernel/domain-error.js';
import { type Currency, formatMicros, type Micros } from '../../kernel/money.js';

/** The wallet cannot pay. `shortfall` in the problem says how much is missing. */
export function insufficientFunds(shortfallMicros: Micros, currency: Currency): DomainError {
  const amount = formatMicros(shortfallMicros);
  return new DomainError('payment_required', 'insufficient_funds', {
    params: { amount, currency },
    extension: { shortfall: { amount, currency } },
  });
}

/** The key of a ledger entry was used for another amount, kind or wallet. */
export function entryKeyReused(key: string): DomainError {
  return new DomainError('conflict', 'entry_key_reused', { params: { key } });
}

/** The batch was held before: its messages stand, or were rolled back with it. */
export const batchAlreadyHeld = (): DomainError => new DomainError('conflict', 'batch_already_held');

/** The subject has a reservation of another amount, or one that is closed. */
export const reservationExists = (): DomainError => new DomainError('conflict', 'reservation_exists');

export const reservationNotFound = (): DomainError => new DomainError('not_found', 'reservation_not_found');

export const walletNotFound = (): DomainError => new DomainError('not_found', 'wallet_not_found');

/** The amount is not positive, or would carry a balance past what the ledger counts. */
export const invalidAmount = (): DomainError => new DomainError('invalid', 'invalid_amount');

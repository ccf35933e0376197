import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Currency, formatMicros, type Micros } from '../../kernel/money.js';

defineProblems({
  insufficient_funds: {
    en: 'The wallet is short of {amount} {currency}',
    ru: 'В кошельке не хватает {amount} {currency}',
    pl: 'W portfelu brakuje {amount} {currency}',
    el: 'Από το πορτοφόλι λείπουν {amount} {currency}',
  },
  entry_key_reused: {
    en: 'This key stands for another movement of money',
    ru: 'Этим ключом уже обозначено другое движение денег',
    pl: 'Ten klucz oznacza już inny ruch środków',
    el: 'Αυτό το κλειδί αντιστοιχεί σε άλλη κίνηση χρημάτων',
  },
  batch_already_held: {
    en: 'This batch was already paid for',
    ru: 'Эта партия уже оплачена',
    pl: 'Ta partia została już opłacona',
    el: 'Αυτή η παρτίδα έχει ήδη πληρωθεί',
  },
  reservation_exists: {
    en: 'Funds were already set aside for this, in another amount',
    ru: 'Для этого уже зарезервирована другая сумма',
    pl: 'Na ten cel zarezerwowano już inną kwotę',
    el: 'Έχει ήδη δεσμευτεί άλλο ποσό για αυτό',
  },
  reservation_not_found: {
    en: 'There is no such reservation',
    ru: 'Такого резерва нет',
    pl: 'Nie ma takiej rezerwacji',
    el: 'Δεν υπάρχει τέτοια δέσμευση',
  },
  wallet_not_found: {
    en: 'There is no such wallet',
    ru: 'Такого кошелька нет',
    pl: 'Nie ma takiego portfela',
    el: 'Δεν υπάρχει τέτοιο πορτοφόλι',
  },
  currency_mismatch: {
    en: 'The wallet has another currency',
    ru: 'У кошелька другая валюта',
    pl: 'Portfel ma inną walutę',
    el: 'Το πορτοφόλι έχει άλλο νόμισμα',
  },
});

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

/** The amount is in another currency than the wallet. */
export const currencyMismatch = (): DomainError => new DomainError('invalid', 'currency_mismatch');

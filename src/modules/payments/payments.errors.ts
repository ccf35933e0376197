import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { type Currency, formatMicros, type Micros } from '../../kernel/money.js';

defineProblems({
  payment_not_found: {
    en: 'There is no such payment',
    ru: 'Платёж не найден',
    pl: 'Nie ma takiej płatności',
    el: 'Δεν υπάρχει τέτοια πληρωμή',
  },
  payment_recorded: {
    en: 'This transfer is recorded already',
    ru: 'Этот перевод уже учтён',
    pl: 'Ten przelew jest już zaksięgowany',
    el: 'Αυτό το έμβασμα έχει ήδη καταχωρηθεί',
  },
  other_currency: {
    en: 'It is in {actual}, not in {expected}',
    ru: 'Валюта {actual}, а не {expected}',
    pl: 'Waluta to {actual}, a nie {expected}',
    el: 'Είναι σε {actual}, όχι σε {expected}',
  },
  other_seller: {
    en: 'The invoice is of another seller',
    ru: 'Счёт выставлен другим продавцом',
    pl: 'Fakturę wystawił inny sprzedawca',
    el: 'Το τιμολόγιο είναι άλλου πωλητή',
  },
  allocation_exceeds_payment: {
    en: 'Only {amount} of this payment is free',
    ru: 'От этого платежа свободно только {amount}',
    pl: 'Wolne pozostaje tylko {amount} tej płatności',
    el: 'Ελεύθερο παραμένει μόνο {amount}',
  },
  allocation_not_found: {
    en: 'There is no such allocation',
    ru: 'Распределение не найдено',
    pl: 'Nie ma takiego przypisania',
    el: 'Δεν υπάρχει τέτοια αντιστοίχιση',
  },
  day_out_of_range: {
    en: 'A day from {min} to {max} is needed',
    ru: 'Нужен день с {min} по {max}',
    pl: 'Potrzebny jest dzień od {min} do {max}',
    el: 'Χρειάζεται ημέρα από {min} έως {max}',
  },
});

export const paymentNotFound = (): DomainError => new DomainError('not_found', 'payment_not_found');
export const allocationNotFound = (): DomainError => new DomainError('not_found', 'allocation_not_found');
export const otherSeller = (): DomainError => new DomainError('conflict', 'other_seller');

export function paymentRecorded(paymentId: string): DomainError {
  return new DomainError('conflict', 'payment_recorded', { extension: { paymentId } });
}

export function dayOutOfRange(pointer: string, min: string, max: string): DomainError {
  const errors = [{ pointer, code: 'day_out_of_range', params: { min, max } }];
  return new DomainError('invalid', 'validation_failed', { errors });
}

export function otherCurrency(actual: Currency, expected: Currency): DomainError {
  return new DomainError('conflict', 'other_currency', { params: { actual, expected } });
}

export function allocationExceedsPayment(freeMicros: Micros): DomainError {
  return new DomainError('conflict', 'allocation_exceeds_payment', { params: { amount: formatMicros(freeMicros) } });
}

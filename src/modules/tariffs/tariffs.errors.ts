import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  tariff_not_found: {
    en: 'There is no such tariff',
    ru: 'Такого тарифа нет',
    pl: 'Nie ma takiej taryfy',
    el: 'Δεν υπάρχει τέτοιο τιμολόγιο',
  },
  tariff_code_taken: {
    en: 'Another tariff has this code',
    ru: 'Этот код уже у другого тарифа',
    pl: 'Ten kod ma już inna taryfa',
    el: 'Άλλο τιμολόγιο έχει αυτόν τον κωδικό',
  },
  no_tariff: {
    en: 'The account has no price for this number',
    ru: 'Для этого номера у аккаунта нет цены',
    pl: 'Konto nie ma ceny dla tego numeru',
    el: 'Ο λογαριασμός δεν έχει τιμή για αυτόν τον αριθμό',
  },
  refund_needs_submit: {
    en: 'Only what is charged when it is sent can be refunded',
    ru: 'Вернуть можно только то, что списано при отправке',
    pl: 'Zwrócić można tylko to, co pobrano przy wysłaniu',
    el: 'Επιστρέφεται μόνο ό,τι χρεώθηκε κατά την αποστολή',
  },
  valid_from_past: {
    en: 'Prices change from now on or later, never in the past',
    ru: 'Цены меняются с текущего момента или позже, но не в прошлом',
    pl: 'Ceny zmieniają się od teraz lub później, nigdy w przeszłości',
    el: 'Οι τιμές αλλάζουν από τώρα ή αργότερα, ποτέ στο παρελθόν',
  },
  tariff_other_currency: {
    en: 'The tariff is in {tariff}, the account in {account}',
    ru: 'Тариф в валюте {tariff}, а кабинет — в {account}',
    pl: 'Taryfa jest w {tariff}, a konto w {account}',
    el: 'Το τιμολόγιο είναι σε {tariff}, ο λογαριασμός σε {account}',
  },
  duplicate_prefix: {
    en: 'The same prefix and instant stand here twice',
    ru: 'Один и тот же префикс с той же датой указан дважды',
    pl: 'Ten sam prefiks z tą samą datą podano dwa razy',
    el: 'Το ίδιο πρόθεμα με την ίδια ημερομηνία εμφανίζεται δύο φορές',
  },
});

export const tariffNotFound = (): DomainError => new DomainError('not_found', 'tariff_not_found');

export const tariffCodeTaken = (): DomainError => new DomainError('conflict', 'tariff_code_taken');

/** The account has no tariff, or its tariff no price for the number. */
export const noTariff = (): DomainError => new DomainError('not_found', 'no_tariff');

/** One field of a request is wrong. */
export const badField = (pointer: string, code: string, params?: Record<string, string>): DomainError =>
  new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code, ...(params && { params }) }] });

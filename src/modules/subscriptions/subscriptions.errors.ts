import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { Currency } from '../../kernel/money.js';
import type { SaleRefusal } from './domain/service.js';

defineProblems({
  service_not_found: {
    en: 'There is no such service',
    ru: 'Такой услуги нет',
    pl: 'Nie ma takiej usługi',
    el: 'Δεν υπάρχει τέτοια υπηρεσία',
  },
  service_code_taken: {
    en: 'Another service has this code',
    ru: 'Этот код уже у другой услуги',
    pl: 'Ten kod ma już inna usługa',
    el: 'Άλλη υπηρεσία έχει αυτόν τον κωδικό',
  },
  one_off_needs_days: {
    en: 'A one-off service, and no other, says for how many days it lasts',
    ru: 'Срок в днях указывается у разовой услуги и только у неё',
    pl: 'Liczbę dni podaje się dla usługi jednorazowej i tylko dla niej',
    el: 'Διάρκεια σε ημέρες έχει η εφάπαξ υπηρεσία και μόνο αυτή',
  },
  price_from_past: {
    en: 'Prices of services change from now on or later, never in the past',
    ru: 'Цены услуг меняются с текущего момента или позже, но не в прошлом',
    pl: 'Ceny usług zmieniają się od teraz lub później, nigdy w przeszłości',
    el: 'Οι τιμές των υπηρεσιών αλλάζουν από τώρα ή αργότερα, ποτέ στο παρελθόν',
  },
  duplicate_price: {
    en: 'The same currency and instant stand here twice',
    ru: 'Одна и та же валюта с той же датой указана дважды',
    pl: 'Ta sama waluta z tą samą datą podana jest dwa razy',
    el: 'Το ίδιο νόμισμα με την ίδια ημερομηνία εμφανίζεται δύο φορές',
  },
  service_not_on_sale: {
    en: 'This service is not on sale',
    ru: 'Эта услуга не продаётся',
    pl: 'Ta usługa nie jest w sprzedaży',
    el: 'Αυτή η υπηρεσία δεν πωλείται',
  },
  service_not_sold_here: {
    en: 'This service is not sold in the account’s country',
    ru: 'В стране кабинета эта услуга не продаётся',
    pl: 'Ta usługa nie jest sprzedawana w kraju konta',
    el: 'Αυτή η υπηρεσία δεν πωλείται στη χώρα του λογαριασμού',
  },
  service_not_self_service: {
    en: 'In the account’s country this service is bought through the operator',
    ru: 'В стране кабинета эту услугу подключает оператор',
    pl: 'W kraju konta tę usługę kupuje się u operatora',
    el: 'Στη χώρα του λογαριασμού αυτή η υπηρεσία αγοράζεται μέσω του παρόχου',
  },
  service_without_price: {
    en: 'This service has no price in {currency}',
    ru: 'У этой услуги нет цены в валюте {currency}',
    pl: 'Ta usługa nie ma ceny w {currency}',
    el: 'Αυτή η υπηρεσία δεν έχει τιμή σε {currency}',
  },
  base_service_missing: {
    en: 'This option needs the service {service} first',
    ru: 'Для этой опции сначала нужна услуга {service}',
    pl: 'Ta opcja wymaga najpierw usługi {service}',
    el: 'Αυτή η επιλογή χρειάζεται πρώτα την υπηρεσία {service}',
  },
  already_subscribed: {
    en: 'The account has this service already',
    ru: 'Эта услуга уже подключена',
    pl: 'Konto ma już tę usługę',
    el: 'Ο λογαριασμός έχει ήδη αυτήν την υπηρεσία',
  },
  subscription_not_found: {
    en: 'There is no such subscription',
    ru: 'Такой подписки нет',
    pl: 'Nie ma takiej subskrypcji',
    el: 'Δεν υπάρχει τέτοια συνδρομή',
  },
  subscription_over: {
    en: 'The subscription is over already',
    ru: 'Подписка уже закончилась',
    pl: 'Subskrypcja już się skończyła',
    el: 'Η συνδρομή έχει ήδη λήξει',
  },
});

export const serviceNotFound = (): DomainError => new DomainError('not_found', 'service_not_found');
export const serviceCodeTaken = (): DomainError => new DomainError('conflict', 'service_code_taken');
export const alreadySubscribed = (): DomainError => new DomainError('conflict', 'already_subscribed');
export const subscriptionNotFound = (): DomainError => new DomainError('not_found', 'subscription_not_found');
export const subscriptionOver = (): DomainError => new DomainError('conflict', 'subscription_over');

/** An option whose base the account does not have. */
export const baseServiceMissing = (service: string): DomainError =>
  new DomainError('conflict', 'base_service_missing', { params: { service }, extension: { service } });

export const serviceWithoutPrice = (currency: Currency): DomainError =>
  new DomainError('conflict', 'service_without_price', { params: { currency } });

/** Not to this account: by country or for now at all. */
export const notSold = (reason: SaleRefusal): DomainError =>
  new DomainError(reason === 'service_not_self_service' ? 'forbidden' : 'conflict', reason);

/** One field of a request is wrong. */
export const badField = (pointer: string, code: string): DomainError =>
  new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code }] });

import { defineProblems } from '../../gateway/index.js';
import { DomainError, type FieldError } from '../../kernel/domain-error.js';
import { type Currency, formatMicros, type Micros } from '../../kernel/money.js';

defineProblems({
  payer_not_found: {
    en: 'There is no such payer',
    ru: 'Плательщик не найден',
    pl: 'Nie ma takiego płatnika',
    el: 'Δεν υπάρχει τέτοιος πληρωτής',
  },
  payer_exists: {
    en: 'A payer with this tax number is saved already',
    ru: 'Плательщик с таким налоговым номером уже сохранён',
    pl: 'Płatnik o tym numerze podatkowym już istnieje',
    el: 'Υπάρχει ήδη πληρωτής με αυτόν τον ΑΦΜ',
  },
  payer_archived: {
    en: 'This payer is archived',
    ru: 'Этот плательщик в архиве',
    pl: 'Ten płatnik jest zarchiwizowany',
    el: 'Ο πληρωτής έχει αρχειοθετηθεί',
  },
  invalid_inn: {
    en: 'Not an INN: its check digits are wrong',
    ru: 'Это не ИНН: неверные контрольные цифры',
    pl: 'To nie jest INN: błędne cyfry kontrolne',
    el: 'Μη έγκυρο INN',
  },
  invalid_kpp: {
    en: 'A KPP has nine characters',
    ru: 'КПП состоит из девяти знаков',
    pl: 'KPP ma dziewięć znaków',
    el: 'Το KPP έχει εννέα χαρακτήρες',
  },
  kpp_not_for_entrepreneurs: {
    en: 'Entrepreneurs (12-digit INN) have no KPP',
    ru: 'У предпринимателей (ИНН из 12 цифр) нет КПП',
    pl: 'Przedsiębiorcy (INN 12 cyfr) nie mają KPP',
    el: 'Οι ατομικές επιχειρήσεις δεν έχουν KPP',
  },
  kpp_only_in_russia: {
    en: 'Only Russian organisations have a KPP',
    ru: 'КПП есть только у российских организаций',
    pl: 'KPP mają tylko organizacje rosyjskie',
    el: 'KPP έχουν μόνο ρωσικοί οργανισμοί',
  },
  invalid_nip: {
    en: 'Not a NIP: its check digit is wrong',
    ru: 'Это не NIP: неверная контрольная цифра',
    pl: 'Nieprawidłowy NIP: błędna cyfra kontrolna',
    el: 'Μη έγκυρο NIP',
  },
  invalid_afm: {
    en: 'Not an ΑΦΜ: its check digit is wrong',
    ru: 'Это не ΑΦΜ: неверная контрольная цифра',
    pl: 'Nieprawidłowy ΑΦΜ: błędna cyfra kontrolna',
    el: 'Μη έγκυρος ΑΦΜ',
  },
  invalid_tax_number: {
    en: 'A tax number has 4 to 20 letters and digits',
    ru: 'Налоговый номер — от 4 до 20 букв и цифр',
    pl: 'Numer podatkowy ma od 4 do 20 liter i cyfr',
    el: 'Ο φορολογικός αριθμός έχει 4 έως 20 γράμματα και ψηφία',
  },
  invoice_not_found: {
    en: 'There is no such invoice',
    ru: 'Счёт не найден',
    pl: 'Nie ma takiej faktury',
    el: 'Δεν υπάρχει τέτοιο τιμολόγιο',
  },
  no_seller: {
    en: 'Nobody sells in {currency} yet',
    ru: 'В валюте {currency} пока никто не продаёт',
    pl: 'Nikt jeszcze nie sprzedaje w {currency}',
    el: 'Δεν υπάρχει ακόμη πωλητής σε {currency}',
  },
  amount_out_of_range: {
    en: 'An invoice is for {min} to {max} {currency}, with two decimals',
    ru: 'Счёт выставляется на сумму от {min} до {max} {currency}, два знака после точки',
    pl: 'Faktura opiewa na kwotę od {min} do {max} {currency}, dwa miejsca po kropce',
    el: 'Το τιμολόγιο εκδίδεται για {min} έως {max} {currency}, με δύο δεκαδικά',
  },
  invoice_covered: {
    en: 'Payments cover this invoice',
    ru: 'Счёт покрыт платежами',
    pl: 'Faktura jest pokryta płatnościami',
    el: 'Το τιμολόγιο καλύπτεται από πληρωμές',
  },
  invoice_cancelled: {
    en: 'This invoice is cancelled',
    ru: 'Счёт отменён',
    pl: 'Faktura jest anulowana',
    el: 'Το τιμολόγιο έχει ακυρωθεί',
  },
  seller_not_found: {
    en: 'There is no such seller',
    ru: 'Продавец не найден',
    pl: 'Nie ma takiego sprzedawcy',
    el: 'Δεν υπάρχει τέτοιος πωλητής',
  },
  time_zone_required: {
    en: 'The country has several time zones: name one',
    ru: 'В стране несколько часовых поясов: укажите один',
    pl: 'W kraju jest kilka stref czasowych: podaj jedną',
    el: 'Η χώρα έχει πολλές ζώνες ώρας: ορίστε μία',
  },
  legal_entity_exists: {
    en: 'A seller with this code exists',
    ru: 'Продавец с таким кодом уже есть',
    pl: 'Sprzedawca o tym kodzie już istnieje',
    el: 'Υπάρχει ήδη πωλητής με αυτόν τον κωδικό',
  },
  allocation_exceeds_invoice: {
    en: 'Only {amount} of this invoice is uncovered',
    ru: 'Не покрыто только {amount} этого счёта',
    pl: 'Niepokryte pozostaje tylko {amount} tej faktury',
    el: 'Ακάλυπτο παραμένει μόνο {amount}',
  },
});

export const payerNotFound = (): DomainError => new DomainError('not_found', 'payer_not_found');
export const payerExists = (): DomainError => new DomainError('conflict', 'payer_exists');
export const payerArchived = (): DomainError => new DomainError('conflict', 'payer_archived');
export const invoiceNotFound = (): DomainError => new DomainError('not_found', 'invoice_not_found');
export const sellerNotFound = (): DomainError => new DomainError('invalid', 'seller_not_found');
export const invoiceCovered = (): DomainError => new DomainError('conflict', 'invoice_covered');
export const invoiceCancelled = (): DomainError => new DomainError('conflict', 'invoice_cancelled');
export const noSeller = (currency: Currency): DomainError =>
  new DomainError('invalid', 'no_seller', { params: { currency } });

/** Fields that no decorator can check, such as check digits that depend on the country. */
export const badFields = (errors: FieldError[]): DomainError =>
  new DomainError('invalid', 'validation_failed', { errors });

export function allocationExceedsInvoice(restMicros: Micros): DomainError {
  return new DomainError('conflict', 'allocation_exceeds_invoice', { params: { amount: formatMicros(restMicros) } });
}

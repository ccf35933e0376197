import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  statement_unreadable: {
    en: 'This is neither 1CClientBankExchange nor CAMT.053 nor MT940',
    ru: 'Это не 1CClientBankExchange, не CAMT.053 и не MT940',
    pl: 'To nie jest 1CClientBankExchange, CAMT.053 ani MT940',
    el: 'Δεν είναι 1CClientBankExchange ούτε CAMT.053 ούτε MT940',
  },
  statement_encoding: {
    en: 'The letters of the file cannot be read in any encoding',
    ru: 'Буквы файла не читаются ни в одной кодировке',
    pl: 'Liter pliku nie da się odczytać w żadnym kodowaniu',
    el: 'Τα γράμματα του αρχείου δεν διαβάζονται σε καμία κωδικοποίηση',
  },
  statement_cut: {
    en: 'The file ends before it is over; nothing was taken',
    ru: 'Файл обрывается; ничего не принято',
    pl: 'Plik jest urwany; nic nie przyjęto',
    el: 'Το αρχείο είναι κομμένο· δεν ελήφθη τίποτα',
  },
  statement_sums_differ: {
    en: 'The sums differ: {expected} is stated or was expected, {actual} was found',
    ru: 'Суммы расходятся: ожидалось {expected}, получилось {actual}',
    pl: 'Sumy się różnią: oczekiwano {expected}, wyszło {actual}',
    el: 'Τα ποσά διαφέρουν: αναμενόταν {expected}, βρέθηκε {actual}',
  },
  statement_without_sums: {
    en: 'The file states no balances or turnovers to check it by',
    ru: 'В файле нет остатков или оборотов для проверки',
    pl: 'Plik nie podaje sald ani obrotów do sprawdzenia',
    el: 'Το αρχείο δεν αναφέρει υπόλοιπα ή κινήσεις για έλεγχο',
  },
  statement_amount: {
    en: 'Not an amount: {value}',
    ru: 'Это не сумма: {value}',
    pl: 'To nie jest kwota: {value}',
    el: 'Δεν είναι ποσό: {value}',
  },
  statement_date: {
    en: 'Not a day: {value}',
    ru: 'Это не дата: {value}',
    pl: 'To nie jest data: {value}',
    el: 'Δεν είναι ημερομηνία: {value}',
  },
  statement_movement: {
    en: 'Not a movement of MT940: {value}',
    ru: 'Это не операция MT940: {value}',
    pl: 'To nie jest operacja MT940: {value}',
    el: 'Δεν είναι κίνηση MT940: {value}',
  },
  statement_field_missing: {
    en: '{field} is missing',
    ru: 'Нет поля {field}',
    pl: 'Brakuje pola {field}',
    el: 'Λείπει το πεδίο {field}',
  },
  statement_foreign_document: {
    en: 'The document is of none of the accounts that the file is about',
    ru: 'Документ не относится к счетам файла',
    pl: 'Dokument nie dotyczy żadnego rachunku z pliku',
    el: 'Το παραστατικό δεν αφορά λογαριασμό του αρχείου',
  },
  statement_account_unknown: {
    en: 'No seller has the account {account}',
    ru: 'Ни у одного продавца нет счёта {account}',
    pl: 'Żaden sprzedawca nie ma rachunku {account}',
    el: 'Κανένας πωλητής δεν έχει τον λογαριασμό {account}',
  },
  statement_account_ambiguous: {
    en: 'Several sellers have the account {account}',
    ru: 'Счёт {account} указан у нескольких продавцов',
    pl: 'Rachunek {account} ma kilku sprzedawców',
    el: 'Τον λογαριασμό {account} έχουν πολλοί πωλητές',
  },
  statement_currency: {
    en: 'The account is in {currency}, the seller sells in {expected}',
    ru: 'Счёт в {currency}, а продавец продаёт в {expected}',
    pl: 'Rachunek jest w {currency}, a sprzedawca sprzedaje w {expected}',
    el: 'Ο λογαριασμός είναι σε {currency}, ο πωλητής πουλά σε {expected}',
  },
  statement_too_large: {
    en: 'At most {megabytes} MB and {lines} lines are taken',
    ru: 'Принимается не более {megabytes} МБ и {lines} строк',
    pl: 'Przyjmujemy najwyżej {megabytes} MB i {lines} pozycji',
    el: 'Δεκτά έως {megabytes} MB και {lines} γραμμές',
  },
  statement_interrupted: {
    en: 'The upload was cut off; nothing was taken',
    ru: 'Загрузка прервана; ничего не принято',
    pl: 'Przesyłanie przerwano; nic nie przyjęto',
    el: 'Η μεταφόρτωση διακόπηκε· δεν ελήφθη τίποτα',
  },
  statement_not_found: {
    en: 'No such statement',
    ru: 'Выписка не найдена',
    pl: 'Nie ma takiego wyciągu',
    el: 'Δεν υπάρχει τέτοια κίνηση λογαριασμού',
  },
  transfer_not_found: {
    en: 'No such transfer',
    ru: 'Перевод не найден',
    pl: 'Nie ma takiego przelewu',
    el: 'Δεν υπάρχει τέτοιο έμβασμα',
  },
  transfer_decided: {
    en: 'What becomes of this transfer is decided already',
    ru: 'По этому переводу решение уже принято',
    pl: 'O tym przelewie już zdecydowano',
    el: 'Για αυτό το έμβασμα έχει ήδη ληφθεί απόφαση',
  },
  transfer_not_incoming: {
    en: 'This is no money that came in from a customer',
    ru: 'Это не поступление от клиента',
    pl: 'To nie jest wpłata od klienta',
    el: 'Δεν είναι είσπραξη από πελάτη',
  },
  transfer_not_reversal: {
    en: 'The bank took nothing back here',
    ru: 'Банк здесь ничего не отзывал',
    pl: 'Bank niczego tu nie cofnął',
    el: 'Η τράπεζα δεν πήρε τίποτα πίσω εδώ',
  },
  reversal_differs: {
    en: 'The payment is of another amount, currency or seller than what was taken back',
    ru: 'Сумма, валюта или продавец платежа не те, что у отзыва',
    pl: 'Kwota, waluta lub sprzedawca płatności nie zgadza się z cofnięciem',
    el: 'Το ποσό, το νόμισμα ή ο πωλητής της πληρωμής διαφέρουν από την αναστροφή',
  },
  payment_reversed: {
    en: 'The bank took this payment back',
    ru: 'Банк отозвал этот платёж',
    pl: 'Bank cofnął tę płatność',
    el: 'Η τράπεζα πήρε πίσω αυτήν την πληρωμή',
  },
});

export const statementNotFound = (): DomainError => new DomainError('not_found', 'statement_not_found');
export const transferNotFound = (): DomainError => new DomainError('not_found', 'transfer_not_found');
export const statementInterrupted = (): DomainError => new DomainError('invalid', 'statement_interrupted');
export const transferNotIncoming = (): DomainError => new DomainError('conflict', 'transfer_not_incoming');
export const transferNotReversal = (): DomainError => new DomainError('conflict', 'transfer_not_reversal');
export const reversalDiffers = (): DomainError => new DomainError('conflict', 'reversal_differs');
export const paymentReversed = (): DomainError => new DomainError('conflict', 'payment_reversed');

/** With the payment that it was credited with, if it was. */
export const transferDecided = (paymentId: string | null): DomainError =>
  new DomainError('conflict', 'transfer_decided', paymentId ? { extension: { paymentId } } : {});

export const statementTooLarge = (megabytes: number, lines: number): DomainError =>
  new DomainError('too_large', 'statement_too_large', { params: { megabytes, lines } });

import { defineProblems } from '../../gateway/index.js';

/** Texts of what this module refuses; the codes are part of the API. */
defineProblems({
  account_not_found: {
    en: 'No such account',
    ru: 'Кабинет не найден',
    pl: 'Nie ma takiego konta',
    el: 'Δεν υπάρχει τέτοιος λογαριασμός',
  },
  account_suspended: {
    en: 'The account is suspended: it can be read, nothing else',
    ru: 'Кабинет приостановлен: доступен только просмотр',
    pl: 'Konto jest zawieszone: dostępny jest tylko podgląd',
    el: 'Ο λογαριασμός έχει ανασταλεί: επιτρέπεται μόνο η ανάγνωση',
  },
  account_closed: {
    en: 'The account is closed',
    ru: 'Кабинет закрыт',
    pl: 'Konto jest zamknięte',
    el: 'Ο λογαριασμός έχει κλείσει',
  },
  account_state: {
    en: 'Not possible while the account is {status}',
    ru: 'Невозможно: состояние кабинета — {status}',
    pl: 'Niemożliwe: stan konta to {status}',
    el: 'Δεν είναι δυνατό όσο ο λογαριασμός είναι {status}',
  },
  platform_account: {
    en: 'The platform’s own account cannot be suspended',
    ru: 'Собственный кабинет платформы нельзя приостановить',
    pl: 'Własnego konta platformy nie można zawiesić',
    el: 'Ο λογαριασμός της πλατφόρμας δεν αναστέλλεται',
  },
  external_id_taken: {
    en: 'Another account of the portal has this external id',
    ru: 'Такой внешний идентификатор уже есть у другого кабинета портала',
    pl: 'Inne konto portalu ma już ten identyfikator zewnętrzny',
    el: 'Άλλος λογαριασμός της πύλης έχει αυτό το εξωτερικό αναγνωριστικό',
  },
  portal_not_found: {
    en: 'No such portal',
    ru: 'Портал не найден',
    pl: 'Nie ma takiego portalu',
    el: 'Δεν υπάρχει τέτοια πύλη',
  },
  invalid_country: {
    en: 'Not a country code (ISO 3166-1 alpha-2)',
    ru: 'Это не код страны (ISO 3166-1 alpha-2)',
    pl: 'To nie jest kod kraju (ISO 3166-1 alpha-2)',
    el: 'Δεν είναι κωδικός χώρας (ISO 3166-1 alpha-2)',
  },
  invalid_sender: {
    en: 'A sender is 1 to 11 letters, digits, spaces or . _ & - with a letter among them, a number in international form, or a short code of 3 to 8 digits',
    ru: 'Отправитель: от 1 до 11 латинских букв, цифр, пробелов или . _ & -, среди них буква; либо номер в международном виде; либо короткий номер из 3–8 цифр',
    pl: 'Nadawca to 1–11 liter, cyfr, spacji lub . _ & -, w tym litera; albo numer międzynarodowy; albo numer skrócony z 3–8 cyfr',
    el: 'Αποστολέας: 1 έως 11 λατινικά γράμματα, ψηφία, κενά ή . _ & -, με ένα γράμμα τουλάχιστον· ή διεθνής αριθμός· ή σύντομος κωδικός 3 έως 8 ψηφίων',
  },
});

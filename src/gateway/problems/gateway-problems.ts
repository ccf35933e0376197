import { defineProblems } from './problem-texts.js';

/** Texts of what the gateway and the kernel refuse themselves. */
defineProblems({
  validation_failed: {
    en: 'Some fields are not acceptable',
    ru: 'Некоторые поля заполнены неверно',
    pl: 'Niektóre pola są niepoprawne',
    el: 'Ορισμένα πεδία δεν είναι αποδεκτά',
  },
  unknown_field: { en: 'Unknown field', ru: 'Неизвестное поле', pl: 'Nieznane pole', el: 'Άγνωστο πεδίο' },
  invalid_field: {
    en: 'Not acceptable: {rule}',
    ru: 'Недопустимо: {rule}',
    pl: 'Niedopuszczalne: {rule}',
    el: 'Μη αποδεκτό: {rule}',
  },
  malformed_body: {
    en: 'The body cannot be read',
    ru: 'Тело запроса не читается',
    pl: 'Nie można odczytać treści żądania',
    el: 'Το σώμα του αιτήματος δεν διαβάζεται',
  },
  body_too_large: {
    en: 'The body is larger than allowed',
    ru: 'Тело запроса больше допустимого',
    pl: 'Treść żądania jest większa niż dozwolona',
    el: 'Το σώμα του αιτήματος υπερβαίνει το επιτρεπτό μέγεθος',
  },
  unsupported_media_type: {
    en: 'This content type is not accepted here',
    ru: 'Такой тип содержимого здесь не принимается',
    pl: 'Ten typ treści nie jest tu przyjmowany',
    el: 'Αυτός ο τύπος περιεχομένου δεν γίνεται δεκτός εδώ',
  },
  not_found: { en: 'There is no such thing', ru: 'Не найдено', pl: 'Nie znaleziono', el: 'Δεν βρέθηκε' },
  internal_error: {
    en: 'Something went wrong on our side',
    ru: 'Ошибка на нашей стороне',
    pl: 'Błąd po naszej stronie',
    el: 'Σφάλμα στη δική μας πλευρά',
  },
  unavailable: {
    en: 'Temporarily unavailable, try again',
    ru: 'Временно недоступно, повторите позже',
    pl: 'Chwilowo niedostępne, spróbuj ponownie',
    el: 'Προσωρινά μη διαθέσιμο, δοκιμάστε ξανά',
  },
  credentials_required: {
    en: 'Sign in or send an API key',
    ru: 'Войдите или пришлите API-ключ',
    pl: 'Zaloguj się lub prześlij klucz API',
    el: 'Συνδεθείτε ή στείλτε κλειδί API',
  },
  access_not_declared: {
    en: 'This route is closed',
    ru: 'Этот маршрут закрыт',
    pl: 'Ta ścieżka jest zamknięta',
    el: 'Αυτή η διαδρομή είναι κλειστή',
  },
  staff_only: {
    en: 'Only for the operator’s staff',
    ru: 'Только для сотрудников оператора',
    pl: 'Tylko dla pracowników operatora',
    el: 'Μόνο για το προσωπικό του παρόχου',
  },
  tenant_only: {
    en: 'Only for users of an account',
    ru: 'Только для пользователей кабинета',
    pl: 'Tylko dla użytkowników konta',
    el: 'Μόνο για χρήστες λογαριασμού',
  },
  account_required: {
    en: 'Say for which account you act',
    ru: 'Укажите, от имени какого кабинета вы действуете',
    pl: 'Wskaż konto, w imieniu którego działasz',
    el: 'Δηλώστε για ποιον λογαριασμό ενεργείτε',
  },
  permission_missing: {
    en: 'You lack the right {permission}',
    ru: 'У вас нет права {permission}',
    pl: 'Brak uprawnienia {permission}',
    el: 'Δεν έχετε το δικαίωμα {permission}',
  },
  idempotency_key_required: {
    en: 'Send an Idempotency-Key of 1 to 255 characters',
    ru: 'Пришлите Idempotency-Key от 1 до 255 символов',
    pl: 'Prześlij Idempotency-Key o długości od 1 do 255 znaków',
    el: 'Στείλτε Idempotency-Key 1 έως 255 χαρακτήρων',
  },
  idempotency_key_reused: {
    en: 'This Idempotency-Key was used with another body',
    ru: 'Этот Idempotency-Key уже использован с другим телом запроса',
    pl: 'Ten Idempotency-Key został użyty z inną treścią',
    el: 'Αυτό το Idempotency-Key έχει χρησιμοποιηθεί με άλλο σώμα',
  },
  idempotency_key_running: {
    en: 'A request with this Idempotency-Key is still running',
    ru: 'Запрос с этим Idempotency-Key ещё выполняется',
    pl: 'Żądanie z tym Idempotency-Key jest nadal przetwarzane',
    el: 'Ένα αίτημα με αυτό το Idempotency-Key εκτελείται ακόμη',
  },
  invalid_cursor: {
    en: 'The cursor is not one of ours',
    ru: 'Неверный курсор',
    pl: 'Nieprawidłowy kursor',
    el: 'Μη έγκυρος δείκτης',
  },
  invalid_id: {
    en: 'Not an id',
    ru: 'Это не идентификатор',
    pl: 'To nie jest identyfikator',
    el: 'Δεν είναι αναγνωριστικό',
  },
  if_match_required: {
    en: 'Send If-Match with the ETag you read',
    ru: 'Пришлите If-Match с прочитанным ETag',
    pl: 'Prześlij If-Match z odczytanym ETag',
    el: 'Στείλτε If-Match με το ETag που διαβάσατε',
  },
  version_mismatch: {
    en: 'It was changed meanwhile: read it again',
    ru: 'Запись успели изменить: прочитайте её снова',
    pl: 'Obiekt zmieniono w międzyczasie: odczytaj go ponownie',
    el: 'Άλλαξε στο μεταξύ: διαβάστε το ξανά',
  },
  invalid_number: {
    en: 'Not a telephone number',
    ru: 'Это не номер телефона',
    pl: 'To nie jest numer telefonu',
    el: 'Δεν είναι αριθμός τηλεφώνου',
  },
  invalid_amount: {
    en: 'An amount is a decimal string with at most six decimals',
    ru: 'Сумма — десятичная строка, не более шести знаков после точки',
    pl: 'Kwota to liczba dziesiętna w postaci tekstu, najwyżej sześć miejsc po kropce',
    el: 'Το ποσό είναι δεκαδική συμβολοσειρά με έως έξι δεκαδικά',
  },
});

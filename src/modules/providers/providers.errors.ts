import { defineProblems } from '../../gateway/index.js';

/** Texts of what this module refuses; the codes are part of the API. */
defineProblems({
  provider_not_found: {
    en: 'No such provider',
    ru: 'Провайдер не найден',
    pl: 'Nie ma takiego dostawcy',
    el: 'Δεν υπάρχει τέτοιος πάροχος',
  },
  provider_code_taken: {
    en: 'Another provider has this code',
    ru: 'Такой код уже есть у другого провайдера',
    pl: 'Ten kod ma już inny dostawca',
    el: 'Άλλος πάροχος έχει αυτόν τον κωδικό',
  },
  provider_state: {
    en: 'Not possible while the provider is {status}',
    ru: 'Невозможно: состояние провайдера — {status}',
    pl: 'Niemożliwe: stan dostawcy to {status}',
    el: 'Δεν είναι δυνατό όσο ο πάροχος είναι {status}',
  },
  provider_account_owned: {
    en: 'The provider belongs to an account, whose messages it alone may carry',
    ru: 'Провайдер принадлежит аккаунту: его сообщения может передавать только он',
    pl: 'Dostawca należy do konta i tylko on może przesyłać jego wiadomości',
    el: 'Ο πάροχος ανήκει σε λογαριασμό και μόνο αυτός μεταφέρει τα μηνύματά του',
  },
  provider_takes_no_callbacks: {
    en: 'This provider does not report to a callback address',
    ru: 'Этот провайдер не присылает отчёты на адрес обратного вызова',
    pl: 'Ten dostawca nie wysyła raportów na adres zwrotny',
    el: 'Αυτός ο πάροχος δεν στέλνει αναφορές σε διεύθυνση επιστροφής',
  },
  dry_run_not_supported: {
    en: 'Only providers over HTTP can show the request they would make',
    ru: 'Показать будущий запрос можно только для HTTP-провайдера',
    pl: 'Tylko dostawca HTTP może pokazać przyszłe zapytanie',
    el: 'Μόνο πάροχοι HTTP μπορούν να δείξουν το αίτημα',
  },
  balance_not_supported: {
    en: 'This provider cannot be asked for its balance',
    ru: 'У этого провайдера нельзя узнать баланс',
    pl: 'Tego dostawcy nie można zapytać o saldo',
    el: 'Δεν μπορεί να ζητηθεί το υπόλοιπο από αυτόν τον πάροχο',
  },
  balance_unavailable: {
    en: 'The provider did not name a balance',
    ru: 'Провайдер не сообщил баланс',
    pl: 'Dostawca nie podał salda',
    el: 'Ο πάροχος δεν ανέφερε υπόλοιπο',
  },
  invalid_provider_settings: {
    en: 'The settings cannot work; `errors` names the fields',
    ru: 'Настройки неработоспособны; поля перечислены в `errors`',
    pl: 'Ustawienia są niepoprawne; pola podaje `errors`',
    el: 'Οι ρυθμίσεις δεν λειτουργούν· τα πεδία αναφέρονται στο `errors`',
  },
  invalid_provider_credentials: {
    en: 'The credentials cannot be used; `errors` names the fields',
    ru: 'Учётные данные непригодны; поля перечислены в `errors`',
    pl: 'Dane dostępowe są niepoprawne; pola podaje `errors`',
    el: 'Τα διαπιστευτήρια δεν είναι έγκυρα· τα πεδία αναφέρονται στο `errors`',
  },
  credentials_unreadable: {
    en: 'The stored credentials cannot be read with the present keys: send them again',
    ru: 'Сохранённые учётные данные не читаются нынешними ключами: пришлите их заново',
    pl: 'Zapisanych danych dostępowych nie można odczytać obecnymi kluczami: prześlij je ponownie',
    el: 'Τα αποθηκευμένα διαπιστευτήρια δεν διαβάζονται με τα τρέχοντα κλειδιά: στείλτε τα ξανά',
  },
  report_not_found: {
    en: 'No such report waits; it was applied or recorded meanwhile',
    ru: 'Такого отчёта в ожидании нет: он уже применён или записан',
    pl: 'Nie ma takiego oczekującego raportu: został już zastosowany lub zapisany',
    el: 'Δεν υπάρχει τέτοια αναφορά σε αναμονή: έχει ήδη εφαρμοστεί ή καταγραφεί',
  },
  route_not_found: {
    en: 'No such route',
    ru: 'Маршрут не найден',
    pl: 'Nie ma takiej trasy',
    el: 'Δεν υπάρχει τέτοια διαδρομή',
  },
  route_exists: {
    en: 'This provider already has a route of that prefix, lane and tier',
    ru: 'У этого провайдера уже есть маршрут с таким префиксом, полосой и уровнем',
    pl: 'Ten dostawca ma już trasę o tym prefiksie, pasie i poziomie',
    el: 'Ο πάροχος έχει ήδη διαδρομή με αυτό το πρόθεμα, λωρίδα και επίπεδο',
  },
  callback_not_found: {
    en: 'Nobody is expected to call here',
    ru: 'По этому адресу вызовы не принимаются',
    pl: 'Pod tym adresem nie oczekuje się wywołań',
    el: 'Σε αυτή τη διεύθυνση δεν αναμένονται κλήσεις',
  },
  report_unreadable: {
    en: 'The report cannot be read',
    ru: 'Отчёт не читается',
    pl: 'Nie można odczytać raportu',
    el: 'Η αναφορά δεν διαβάζεται',
  },
  report_signature_wrong: {
    en: 'The signature does not fit',
    ru: 'Подпись неверна',
    pl: 'Podpis się nie zgadza',
    el: 'Η υπογραφή δεν ταιριάζει',
  },
  too_many_reports: {
    en: 'Too many reports in one call',
    ru: 'Слишком много отчётов в одном вызове',
    pl: 'Zbyt wiele raportów w jednym wywołaniu',
    el: 'Πάρα πολλές αναφορές σε μία κλήση',
  },
  invalid_route_prefix: {
    en: 'A prefix is up to 15 digits, without a plus; empty for all numbers',
    ru: 'Префикс — до 15 цифр без плюса; пустой — для всех номеров',
    pl: 'Prefiks to do 15 cyfr bez plusa; pusty oznacza wszystkie numery',
    el: 'Το πρόθεμα είναι έως 15 ψηφία χωρίς συν· κενό για όλους τους αριθμούς',
  },
  invalid_provider_code: {
    en: 'A code is 1 to 64 of a-z, 0-9 and -',
    ru: 'Код — от 1 до 64 символов a-z, 0-9 и -',
    pl: 'Kod to 1–64 znaków a-z, 0-9 i -',
    el: 'Ο κωδικός είναι 1 έως 64 χαρακτήρες a-z, 0-9 και -',
  },
  invalid_sender_policy: {
    en: '`listed` needs senders, `fixed` needs one sender, `any` needs none',
    ru: '`listed` требует списка отправителей, `fixed` — одного, `any` — ни одного',
    pl: '`listed` wymaga listy nadawców, `fixed` jednego, `any` żadnego',
    el: 'Το `listed` θέλει αποστολείς, το `fixed` έναν, το `any` κανέναν',
  },
});

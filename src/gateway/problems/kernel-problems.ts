import { defineProblems } from './problem-texts.js';

/** Texts of what the kernel's readers refuse: instants, local times, zones, windows. */
defineProblems({
  unknown_time_zone: {
    en: 'Not an IANA time zone',
    ru: 'Это не часовой пояс IANA',
    pl: 'To nie jest strefa czasowa IANA',
    el: 'Δεν είναι ζώνη ώρας IANA',
  },
  invalid_instant: {
    en: 'Not an instant such as 2026-01-31T09:00:00Z',
    ru: 'Это не момент времени вида 2026-01-31T09:00:00Z',
    pl: 'To nie jest chwila w postaci 2026-01-31T09:00:00Z',
    el: 'Δεν είναι χρονική στιγμή όπως 2026-01-31T09:00:00Z',
  },
  offset_required: {
    en: 'An instant needs its offset: 2026-01-31T09:00:00Z or +03:00',
    ru: 'Нужно указать смещение: 2026-01-31T09:00:00Z или +03:00',
    pl: 'Wymagane jest przesunięcie: 2026-01-31T09:00:00Z lub +03:00',
    el: 'Απαιτείται μετατόπιση ζώνης: 2026-01-31T09:00:00Z ή +03:00',
  },
  invalid_date: {
    en: 'Not a date such as 2026-01-31',
    ru: 'Это не дата вида 2026-01-31',
    pl: 'To nie jest data w postaci 2026-01-31',
    el: 'Δεν είναι ημερομηνία όπως 2026-01-31',
  },
  invalid_time: {
    en: 'Not a time such as 09:00',
    ru: 'Это не время вида 09:00',
    pl: 'To nie jest godzina w postaci 09:00',
    el: 'Δεν είναι ώρα όπως 09:00',
  },
  invalid_window: {
    en: 'The hours are not acceptable',
    ru: 'Часы заданы неверно',
    pl: 'Godziny są niepoprawne',
    el: 'Οι ώρες δεν είναι αποδεκτές',
  },
  never_open: { en: 'Never open', ru: 'Никогда не открыто', pl: 'Nigdy nie jest otwarte', el: 'Δεν ανοίγει ποτέ' },
  empty_range: { en: 'The range is empty', ru: 'Пустой промежуток', pl: 'Pusty zakres', el: 'Το διάστημα είναι κενό' },
  ranges_overlap: {
    en: 'The ranges overlap',
    ru: 'Промежутки пересекаются',
    pl: 'Zakresy nachodzą na siebie',
    el: 'Τα διαστήματα επικαλύπτονται',
  },
  too_many: { en: 'Too many', ru: 'Слишком много', pl: 'Zbyt wiele', el: 'Πάρα πολλά' },
  array_expected: { en: 'A list is needed', ru: 'Нужен список', pl: 'Potrzebna jest lista', el: 'Χρειάζεται λίστα' },
  object_expected: {
    en: 'An object is needed',
    ru: 'Нужен объект',
    pl: 'Potrzebny jest obiekt',
    el: 'Χρειάζεται αντικείμενο',
  },
});

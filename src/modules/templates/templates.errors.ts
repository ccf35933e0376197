import { defineProblems } from '../../gateway/index.js';
import { DomainError, type FieldError } from '../../kernel/domain-error.js';

defineProblems({
  template_not_found: {
    en: 'There is no such template',
    ru: 'Такого шаблона нет',
    pl: 'Nie ma takiego szablonu',
    el: 'Δεν υπάρχει τέτοιο πρότυπο',
  },
  unknown_variable: {
    en: 'There is no variable {variable} here; known are: {known}',
    ru: 'Здесь нет переменной {variable}; известны: {known}',
    pl: 'Nie ma tu zmiennej {variable}; znane są: {known}',
    el: 'Δεν υπάρχει εδώ μεταβλητή {variable}· γνωστές είναι: {known}',
  },
  value_not_text: {
    en: 'A value is a text of at most {max} characters',
    ru: 'Значение — текст не длиннее {max} символов',
    pl: 'Wartość to tekst o długości do {max} znaków',
    el: 'Η τιμή είναι κείμενο έως {max} χαρακτήρες',
  },
  too_many_values: {
    en: 'At most {max} values',
    ru: 'Не более {max} значений',
    pl: 'Najwyżej {max} wartości',
    el: 'Έως {max} τιμές',
  },
  forced_ucs2: {
    en: 'These characters are not allowed here, because they make the message more expensive: {characters}',
    ru: 'Эти символы здесь не допускаются, потому что удорожают сообщение: {characters}',
    pl: 'Te znaki są tu niedozwolone, bo podnoszą koszt wiadomości: {characters}',
    el: 'Αυτοί οι χαρακτήρες δεν επιτρέπονται εδώ, γιατί ακριβαίνουν το μήνυμα: {characters}',
  },
  body_too_long: {
    en: 'Even with short values the text takes {parts} SMS, at most {max} are allowed',
    ru: 'Даже с короткими значениями текст займёт {parts} SMS, допустимо не более {max}',
    pl: 'Nawet z krótkimi wartościami tekst zajmie {parts} SMS, dozwolone najwyżej {max}',
    el: 'Ακόμη και με σύντομες τιμές το κείμενο χρειάζεται {parts} SMS, επιτρέπονται έως {max}',
  },
  empty_text: { en: 'The text is empty', ru: 'Текст пуст', pl: 'Tekst jest pusty', el: 'Το κείμενο είναι κενό' },
  unknown_country: {
    en: 'There is no such country code',
    ru: 'Нет такого кода страны',
    pl: 'Nie ma takiego kodu kraju',
    el: 'Δεν υπάρχει τέτοιος κωδικός χώρας',
  },
});

export function templateNotFound(): DomainError {
  return new DomainError('not_found', 'template_not_found');
}

/** Bad fields of a request; nothing is thrown when there are none. */
export function refuseFields(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new DomainError('invalid', 'validation_failed', { errors: [...errors] });
}

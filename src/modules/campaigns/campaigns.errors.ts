import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  list_not_found: {
    en: 'There is no such recipient list',
    ru: 'Список получателей не найден',
    pl: 'Nie ma takiej listy odbiorców',
    el: 'Δεν υπάρχει τέτοια λίστα παραληπτών',
  },
  list_not_ready: {
    en: 'The recipient list is not ready',
    ru: 'Список получателей не готов',
    pl: 'Lista odbiorców nie jest gotowa',
    el: 'Η λίστα παραληπτών δεν είναι έτοιμη',
  },
  list_empty: {
    en: 'The file has no rows',
    ru: 'В файле нет строк',
    pl: 'Plik nie ma wierszy',
    el: 'Το αρχείο δεν έχει γραμμές',
  },
  list_too_large: {
    en: 'At most {max} rows and {megabytes} MB are taken',
    ru: 'Принимается не более {max} строк и {megabytes} МБ',
    pl: 'Przyjmujemy najwyżej {max} wierszy i {megabytes} MB',
    el: 'Δεκτές έως {max} γραμμές και {megabytes} MB',
  },
  upload_interrupted: {
    en: 'The upload was cut off',
    ru: 'Загрузка прервана',
    pl: 'Przesyłanie przerwano',
    el: 'Η μεταφόρτωση διακόπηκε',
  },
  csv_encoding: {
    en: 'The file is not {encoding}',
    ru: 'Файл не в кодировке {encoding}',
    pl: 'Plik nie jest w kodowaniu {encoding}',
    el: 'Το αρχείο δεν είναι {encoding}',
  },
  csv_header: {
    en: 'The first row must name the columns, each once',
    ru: 'Первая строка должна называть столбцы, каждый один раз',
    pl: 'Pierwszy wiersz musi nazywać kolumny, każdą raz',
    el: 'Η πρώτη γραμμή πρέπει να ονομάζει τις στήλες, καθεμία μία φορά',
  },
  csv_column_missing: {
    en: 'There is no column {column}',
    ru: 'Нет столбца {column}',
    pl: 'Nie ma kolumny {column}',
    el: 'Δεν υπάρχει στήλη {column}',
  },
  csv_quotes: {
    en: 'Quotes are not balanced in line {line}',
    ru: 'Незакрытые кавычки в строке {line}',
    pl: 'Niezamknięty cudzysłów w wierszu {line}',
    el: 'Μη ισορροπημένα εισαγωγικά στη γραμμή {line}',
  },
  csv_columns: {
    en: 'Line {line} has another number of columns than the first',
    ru: 'В строке {line} другое число столбцов, чем в первой',
    pl: 'Wiersz {line} ma inną liczbę kolumn niż pierwszy',
    el: 'Η γραμμή {line} έχει άλλο πλήθος στηλών από την πρώτη',
  },
  csv_line_too_long: {
    en: 'Line {line} is longer than {max} characters',
    ru: 'Строка {line} длиннее {max} символов',
    pl: 'Wiersz {line} jest dłuższy niż {max} znaków',
    el: 'Η γραμμή {line} υπερβαίνει τους {max} χαρακτήρες',
  },
  csv_character: {
    en: 'Line {line} holds a character that no text can have (NUL)',
    ru: 'В строке {line} недопустимый символ (NUL)',
    pl: 'Wiersz {line} zawiera niedozwolony znak (NUL)',
    el: 'Η γραμμή {line} περιέχει μη επιτρεπτό χαρακτήρα (NUL)',
  },
  csv_unreadable: {
    en: 'Line {line} cannot be read',
    ru: 'Строка {line} не читается',
    pl: 'Nie można odczytać wiersza {line}',
    el: 'Η γραμμή {line} δεν διαβάζεται',
  },
  campaign_not_found: {
    en: 'There is no such campaign',
    ru: 'Рассылка не найдена',
    pl: 'Nie ma takiej kampanii',
    el: 'Δεν υπάρχει τέτοια καμπάνια',
  },
  campaign_state: {
    en: 'The campaign is {state}',
    ru: 'Рассылка в состоянии {state}',
    pl: 'Kampania jest w stanie {state}',
    el: 'Η καμπάνια είναι {state}',
  },
  campaign_text: {
    en: 'Give either a text or a template',
    ru: 'Укажите либо текст, либо шаблон',
    pl: 'Podaj tekst albo szablon',
    el: 'Δώστε είτε κείμενο είτε πρότυπο',
  },
  unknown_variables: {
    en: 'The list has no columns for: {names}',
    ru: 'В списке нет столбцов для: {names}',
    pl: 'Lista nie ma kolumn dla: {names}',
    el: 'Η λίστα δεν έχει στήλες για: {names}',
  },
  quote_expired: {
    en: 'The quote has expired: ask for it again',
    ru: 'Срок расчёта истёк: запросите его снова',
    pl: 'Wycena wygasła: poproś o nią ponownie',
    el: 'Η προσφορά έληξε: ζητήστε την ξανά',
  },
  nothing_to_send: {
    en: 'Nobody is left to send to',
    ru: 'Отправлять некому',
    pl: 'Nie ma komu wysyłać',
    el: 'Δεν υπάρχει κανείς να σταλεί',
  },
  csv_too_many_columns: {
    en: 'At most {max} columns are taken',
    ru: 'Принимается не более {max} столбцов',
    pl: 'Przyjmujemy najwyżej {max} kolumn',
    el: 'Δεκτές έως {max} στήλες',
  },
  csv_column_name_too_long: {
    en: 'The name of a column has at most {max} characters',
    ru: 'В названии столбца не более {max} символов',
    pl: 'Nazwa kolumny ma najwyżej {max} znaków',
    el: 'Το όνομα στήλης έχει έως {max} χαρακτήρες',
  },
});

export const listNotFound = (): DomainError => new DomainError('not_found', 'list_not_found');
export const listNotReady = (): DomainError => new DomainError('conflict', 'list_not_ready');
export const campaignNotFound = (): DomainError => new DomainError('not_found', 'campaign_not_found');
export const quoteExpired = (): DomainError => new DomainError('conflict', 'quote_expired');
export const nothingToSend = (): DomainError => new DomainError('conflict', 'nothing_to_send');
export const campaignState = (state: string): DomainError =>
  new DomainError('conflict', 'campaign_state', { params: { state } });

/** The same rule, and so the same code, as that of a single message. */
export function senderRefused(code: 'sender_fixed' | 'sender_not_allowed'): DomainError {
  const errors = [{ pointer: '/sender', code }];
  return new DomainError('invalid', 'validation_failed', { errors });
}

export function unknownVariables(names: readonly string[]): DomainError {
  const params = { names: names.join(', ') };
  return new DomainError('invalid', 'unknown_variables', {
    params,
    errors: names.map((name) => ({ pointer: '/text', code: 'unknown_variables', params: { names: name } })),
  });
}

/** A file that cannot be used: which rule it breaks, and where. */
export function unreadableFile(code: string, params: Record<string, string | number> = {}): DomainError {
  return new DomainError('invalid', code, { params, extension: 'line' in params ? { line: params.line } : {} });
}

/** The client went away, or was too slow for us to wait. */
export function uploadInterrupted(): DomainError {
  return new DomainError('invalid', 'upload_interrupted');
}

import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  operator_not_found: {
    en: 'No such operator',
    ru: 'Оператор связи не найден',
    pl: 'Nie ma takiego operatora',
    el: 'Δεν υπάρχει τέτοια εταιρεία κινητής',
  },
  operator_code_taken: {
    en: 'Another operator has this code',
    ru: 'Такой код уже есть у другого оператора связи',
    pl: 'Ten kod ma już inny operator',
    el: 'Άλλη εταιρεία έχει αυτόν τον κωδικό',
  },
  operator_in_use: {
    en: 'Ranges, ported numbers or routes name this operator',
    ru: 'На этого оператора ссылаются диапазоны, перенесённые номера или маршруты',
    pl: 'Ten operator występuje w zakresach, przeniesionych numerach lub trasach',
    el: 'Σειρές αριθμών, φορητοί αριθμοί ή δρομολόγια αναφέρουν αυτήν την εταιρεία',
  },
  operator_network_incomplete: {
    en: 'mcc and mnc are given together, or neither',
    ru: 'mcc и mnc указываются вместе или не указываются',
    pl: 'mcc i mnc podaje się razem albo wcale',
    el: 'Τα mcc και mnc δίνονται μαζί ή καθόλου',
  },
  number_import_not_found: {
    en: 'No such import',
    ru: 'Загрузка не найдена',
    pl: 'Nie ma takiego importu',
    el: 'Δεν υπάρχει τέτοια εισαγωγή',
  },
  number_not_ported: {
    en: 'Nobody entered this number as ported',
    ru: 'Этот номер не отмечен как перенесённый',
    pl: 'Ten numer nie jest oznaczony jako przeniesiony',
    el: 'Ο αριθμός δεν έχει δηλωθεί ως φορητός',
  },
  numbers_header: {
    en: 'The first row must name the columns of the registry: {columns}',
    ru: 'Первая строка должна называть столбцы реестра: {columns}',
    pl: 'Pierwszy wiersz musi nazywać kolumny rejestru: {columns}',
    el: 'Η πρώτη γραμμή πρέπει να ονομάζει τις στήλες του μητρώου: {columns}',
  },
  numbers_nothing_to_take: {
    en: 'No row of the file can be taken; nothing was changed',
    ru: 'Ни одну строку файла нельзя принять; ничего не изменено',
    pl: 'Żadnego wiersza pliku nie można przyjąć; nic nie zmieniono',
    el: 'Καμία γραμμή του αρχείου δεν γίνεται δεκτή· δεν άλλαξε τίποτα',
  },
  numbers_unreadable: {
    en: 'The file is neither UTF-8 nor windows-1251, or no text of lines',
    ru: 'Файл не в кодировке UTF-8 или windows-1251 или не состоит из строк текста',
    pl: 'Plik nie jest w kodowaniu UTF-8 ani windows-1251 lub nie składa się z wierszy tekstu',
    el: 'Το αρχείο δεν είναι UTF-8 ούτε windows-1251 ή δεν αποτελείται από γραμμές κειμένου',
  },
  numbers_file_too_large: {
    en: 'At most {megabytes} MB are taken',
    ru: 'Принимается не более {megabytes} МБ',
    pl: 'Przyjmujemy najwyżej {megabytes} MB',
    el: 'Δεκτά έως {megabytes} MB',
  },
  numbers_upload_interrupted: {
    en: 'The upload was cut off; nothing was changed',
    ru: 'Загрузка прервана; ничего не изменено',
    pl: 'Przesyłanie przerwano; nic nie zmieniono',
    el: 'Η μεταφόρτωση διακόπηκε· δεν άλλαξε τίποτα',
  },
});

export const operatorNotFound = (): DomainError => new DomainError('not_found', 'operator_not_found');
export const importNotFound = (): DomainError => new DomainError('not_found', 'number_import_not_found');
export const notPorted = (): DomainError => new DomainError('not_found', 'number_not_ported');
export const nothingToTake = (): DomainError => new DomainError('invalid', 'numbers_nothing_to_take');
export const unreadableNumbers = (): DomainError => new DomainError('invalid', 'numbers_unreadable');
export const wrongHeader = (columns: string): DomainError =>
  new DomainError('invalid', 'numbers_header', { params: { columns } });
/** In a body that names it, not in the path. */
export const unknownOperator = (): DomainError => badField('/operatorCode', 'operator_not_found');
export const networkIncomplete = (): DomainError => badField('/mnc', 'operator_network_incomplete');
/** In a path. */
export const unknownNumber = (): DomainError => new DomainError('not_found', 'not_found');

function badField(pointer: string, code: string): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code }] });
}

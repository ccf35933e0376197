import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { LackingRight } from './domain/apology.js';

defineProblems({
  apologies_not_included: {
    en: 'The tariff does not include apologies for missed calls',
    ru: 'Тариф не включает SMS-извинения за пропущенные звонки',
    pl: 'Taryfa nie obejmuje przeprosin za nieodebrane połączenia',
    el: 'Το πρόγραμμα δεν περιλαμβάνει μηνύματα συγγνώμης για αναπάντητες κλήσεις',
  },
  sales_tools_missing: {
    en: 'Apologies for missed calls need the option “Sales tools”',
    ru: 'Для SMS-извинений нужна опция «Инструменты продаж»',
    pl: 'Przeprosiny za nieodebrane połączenia wymagają opcji „Narzędzia sprzedaży”',
    el: 'Τα μηνύματα συγγνώμης χρειάζονται την επιλογή «Εργαλεία πωλήσεων»',
  },
  rule_not_found: {
    en: 'There is no such apology',
    ru: 'SMS-извинение не найдено',
    pl: 'Nie ma takich przeprosin',
    el: 'Δεν υπάρχει τέτοιο μήνυμα συγγνώμης',
  },
  number_in_use: {
    en: 'The number {number} is in another active apology',
    ru: 'Номер {number} уже есть в другом включённом SMS-извинении',
    pl: 'Numer {number} jest już w innych aktywnych przeprosinach',
    el: 'Ο αριθμός {number} είναι σε άλλο ενεργό μήνυμα συγγνώμης',
  },
  text_needs_confirmation: {
    en: 'The text takes {parts} SMS: confirm it with confirmParts',
    ru: 'Текст займёт {parts} SMS: подтвердите это в confirmParts',
    pl: 'Tekst zajmie {parts} SMS: potwierdź to w confirmParts',
    el: 'Το κείμενο χρειάζεται {parts} SMS: επιβεβαιώστε με confirmParts',
  },
  text_too_long: {
    en: 'The text takes {parts} SMS, at most {max} are allowed',
    ru: 'Текст займёт {parts} SMS, допустимо не более {max}',
    pl: 'Tekst zajmie {parts} SMS, dozwolone najwyżej {max}',
    el: 'Το κείμενο χρειάζεται {parts} SMS, επιτρέπονται έως {max}',
  },
  confirmation_required: {
    en: 'Confirm the deletion with confirm=true',
    ru: 'Подтвердите удаление: confirm=true',
    pl: 'Potwierdź usunięcie: confirm=true',
    el: 'Επιβεβαιώστε τη διαγραφή με confirm=true',
  },
  callback_unknown: {
    en: 'There is no such callback address',
    ru: 'Такого адреса обратного вызова нет',
    pl: 'Nie ma takiego adresu zwrotnego',
    el: 'Δεν υπάρχει τέτοια διεύθυνση επιστροφής',
  },
  callback_field_missing: {
    en: 'The call event has no field {field}',
    ru: 'В событии звонка нет поля {field}',
    pl: 'W zdarzeniu brakuje pola {field}',
    el: 'Από το συμβάν λείπει το πεδίο {field}',
  },
});

/** What the account bought does not let it do this. */
export const rightLacking = (reason: LackingRight): DomainError => new DomainError('forbidden', reason);

export const ruleNotFound = (): DomainError => new DomainError('not_found', 'rule_not_found');
export const callbackUnknown = (): DomainError => new DomainError('not_found', 'callback_unknown');
export const confirmationRequired = (): DomainError => new DomainError('conflict', 'confirmation_required');

export function numberInUse(number: string): DomainError {
  return new DomainError('conflict', 'number_in_use', { params: { number: `+${number}` } });
}

export function fieldMissing(field: string, path: string): DomainError {
  const pointer = `/${path.replaceAll('.', '/')}`;
  return new DomainError('invalid', 'callback_field_missing', {
    params: { field: path },
    errors: [{ pointer, code: 'callback_field_missing', params: { field } }],
  });
}

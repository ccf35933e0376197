import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  act_not_found: {
    en: 'There is no such act',
    ru: 'Акт не найден',
    pl: 'Nie ma takiego protokołu',
    el: 'Δεν υπάρχει τέτοιο πρωτόκολλο',
  },
  month_not_over: {
    en: 'The month {month} is not over where the seller is',
    ru: 'Месяц {month} у продавца ещё не закончился',
    pl: 'Miesiąc {month} u sprzedawcy jeszcze się nie skończył',
    el: 'Ο μήνας {month} δεν έχει τελειώσει στον τόπο του πωλητή',
  },
  invalid_month: {
    en: 'A month looks like 2026-01',
    ru: 'Месяц записывается как 2026-01',
    pl: 'Miesiąc zapisuje się jako 2026-01',
    el: 'Ο μήνας γράφεται ως 2026-01',
  },
});

export const actNotFound = (): DomainError => new DomainError('not_found', 'act_not_found');
export const monthNotOver = (month: string): DomainError =>
  new DomainError('conflict', 'month_not_over', { params: { month } });

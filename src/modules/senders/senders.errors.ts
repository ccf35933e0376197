import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { SenderStatus } from './domain/sender-status.js';

defineProblems({
  sender_not_found: {
    en: 'No such sender',
    ru: 'Имя отправителя не найдено',
    pl: 'Nie ma takiego nadawcy',
    el: 'Δεν υπάρχει τέτοιος αποστολέας',
  },
  sender_exists: {
    en: 'This sender was requested or approved for the same country already',
    ru: 'Это имя уже запрошено или согласовано для той же страны',
    pl: 'O tego nadawcę już wystąpiono lub jest zatwierdzony dla tego kraju',
    el: 'Ο αποστολέας έχει ήδη ζητηθεί ή εγκριθεί για την ίδια χώρα',
  },
  sender_state: {
    en: 'Not possible: the sender is {status}',
    ru: 'Невозможно: состояние имени отправителя — {status}',
    pl: 'Niemożliwe: stan nadawcy to {status}',
    el: 'Δεν είναι δυνατό: η κατάσταση του αποστολέα είναι {status}',
  },
  sender_is_standard: {
    en: 'This is the platform’s standard sender: everybody may use it',
    ru: 'Это стандартное имя платформы: им может пользоваться каждый',
    pl: 'To standardowy nadawca platformy: może go używać każdy',
    el: 'Είναι ο τυπικός αποστολέας της πλατφόρμας: τον χρησιμοποιούν όλοι',
  },
  sender_country_required: {
    en: 'A short code belongs to one country: name it',
    ru: 'Короткий номер действует в одной стране: укажите её',
    pl: 'Numer skrócony działa w jednym kraju: podaj go',
    el: 'Ο σύντομος κωδικός ανήκει σε μία χώρα: δώστε την',
  },
  too_many_senders: {
    en: 'At most {max} senders are requested or approved at a time',
    ru: 'Одновременно не более {max} запрошенных и согласованных имён',
    pl: 'Najwyżej {max} nadawców oczekujących i zatwierdzonych naraz',
    el: 'Έως {max} αποστολείς σε αναμονή ή εγκεκριμένοι ταυτόχρονα',
  },
  sender_source_not_found: {
    en: 'No such kind of traffic, or its sender is not fixed',
    ru: 'Нет такого вида сообщений, или имя для него не задано',
    pl: 'Nie ma takiego rodzaju ruchu albo jego nadawca nie jest ustalony',
    el: 'Δεν υπάρχει τέτοιο είδος κίνησης ή ο αποστολέας του δεν είναι ορισμένος',
  },
});

export const senderNotFound = (): DomainError => new DomainError('not_found', 'sender_not_found');
export const sourceNotFound = (): DomainError => new DomainError('not_found', 'sender_source_not_found');
export const senderExists = (): DomainError => new DomainError('conflict', 'sender_exists');
export const senderIsStandard = (): DomainError => new DomainError('conflict', 'sender_is_standard');
export const invalidSender = (): DomainError => badField('/sender', 'invalid_sender');
export const countryRequired = (): DomainError => badField('/country', 'sender_country_required');
export const senderState = (status: SenderStatus): DomainError =>
  new DomainError('conflict', 'sender_state', { params: { status } });
export const tooManySenders = (max: number): DomainError =>
  new DomainError('conflict', 'too_many_senders', { params: { max } });

function badField(pointer: string, code: string): DomainError {
  return new DomainError('invalid', 'validation_failed', { errors: [{ pointer, code }] });
}

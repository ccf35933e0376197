import { defineProblems } from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';

defineProblems({
  proof_not_found: {
    en: 'There is no such proof of a deposit',
    ru: 'Подтверждение оплаты не найдено',
    pl: 'Nie ma takiego potwierdzenia wpłaty',
    el: 'Δεν υπάρχει τέτοιο αποδεικτικό κατάθεσης',
  },
  proof_exists: {
    en: 'This file was uploaded already, and is not refused',
    ru: 'Этот файл уже загружен и не отклонён',
    pl: 'Ten plik już przesłano i nie został odrzucony',
    el: 'Αυτό το αρχείο έχει ήδη μεταφορτωθεί και δεν έχει απορριφθεί',
  },
  proof_answered: {
    en: 'This proof is {state} already',
    ru: 'По этому подтверждению уже есть ответ: {state}',
    pl: 'To potwierdzenie ma już odpowiedź: {state}',
    el: 'Το αποδεικτικό έχει ήδη απαντηθεί: {state}',
  },
  proof_of_nothing: {
    en: 'Name the invoice, or an amount with its currency',
    ru: 'Укажите счёт или сумму с валютой',
    pl: 'Podaj fakturę albo kwotę z walutą',
    el: 'Δηλώστε το τιμολόγιο ή ποσό με το νόμισμά του',
  },
  proof_too_large: {
    en: 'At most {megabytes} MB are taken',
    ru: 'Принимается не более {megabytes} МБ',
    pl: 'Przyjmujemy najwyżej {megabytes} MB',
    el: 'Δεκτά έως {megabytes} MB',
  },
  file_of_other_type: {
    en: 'The file is not what it is said to be: {type}',
    ru: 'Файл не того типа, что указан: {type}',
    pl: 'Plik nie jest tego typu, który podano: {type}',
    el: 'Το αρχείο δεν είναι του τύπου που δηλώθηκε: {type}',
  },
  too_many_proofs: {
    en: 'At most {max} proofs may wait for an answer',
    ru: 'Ответа могут ждать не более {max} подтверждений',
    pl: 'Na odpowiedź może czekać najwyżej {max} potwierdzeń',
    el: 'Έως {max} αποδεικτικά μπορούν να περιμένουν απάντηση',
  },
  upload_interrupted: {
    en: 'The upload was cut off',
    ru: 'Загрузка прервана',
    pl: 'Przesyłanie przerwano',
    el: 'Η μεταφόρτωση διακόπηκε',
  },
});

export const proofNotFound = (): DomainError => new DomainError('not_found', 'proof_not_found');
export const proofExists = (): DomainError => new DomainError('conflict', 'proof_exists');
export const proofOfNothing = (): DomainError => new DomainError('invalid', 'proof_of_nothing');
export const uploadInterrupted = (): DomainError => new DomainError('invalid', 'upload_interrupted');
export const proofAnswered = (state: string): DomainError =>
  new DomainError('conflict', 'proof_answered', { params: { state } });
export const fileOfOtherType = (type: string): DomainError =>
  new DomainError('invalid', 'file_of_other_type', { params: { type } });
export const tooManyProofs = (max: number): DomainError =>
  new DomainError('conflict', 'too_many_proofs', { params: { max } });
export const proofTooLarge = (maxBytes: number): DomainError =>
  new DomainError('too_large', 'proof_too_large', { params: { megabytes: maxBytes / 1_048_576 } });

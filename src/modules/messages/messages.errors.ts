import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { REASON_TEXTS } from './domain/reason-texts.js';
import type { SentItemDto } from './dto/message.dto.js';

// Callers who are refused before there is a message are told in the same words.
defineProblems({ sender_not_allowed: REASON_TEXTS.sender_not_allowed, sender_fixed: REASON_TEXTS.sender_fixed });

defineProblems({
  nothing_accepted: {
    en: 'Nothing was accepted; each item says why',
    ru: 'Ничего не принято; у каждого получателя указана причина',
    pl: 'Niczego nie przyjęto; przy każdym odbiorcy podano powód',
    el: 'Τίποτα δεν έγινε δεκτό· κάθε στοιχείο λέει γιατί',
  },
  same_provider: {
    en: 'They wait for this provider already',
    ru: 'Сообщения уже ждут этого провайдера',
    pl: 'Wiadomości już czekają na tego dostawcę',
    el: 'Τα μηνύματα περιμένουν ήδη αυτόν τον πάροχο',
  },
  message_not_found: {
    en: 'There is no such message',
    ru: 'Сообщение не найдено',
    pl: 'Nie ma takiej wiadomości',
    el: 'Δεν υπάρχει τέτοιο μήνυμα',
  },
  message_not_cancellable: {
    en: 'It cannot be cancelled: it is {state}',
    ru: 'Отменить нельзя: состояние {state}',
    pl: 'Nie można anulować: stan {state}',
    el: 'Δεν ακυρώνεται: κατάσταση {state}',
  },
  send_cap_not_found: {
    en: 'There is no such cap',
    ru: 'Такого предела нет',
    pl: 'Nie ma takiego limitu',
    el: 'Δεν υπάρχει τέτοιο όριο',
  },
  group_not_found: {
    en: 'There is no such message group',
    ru: 'Группа сообщений не найдена',
    pl: 'Nie ma takiej grupy wiadomości',
    el: 'Δεν υπάρχει τέτοια ομάδα μηνυμάτων',
  },
  group_not_open: {
    en: 'The message group takes nothing more',
    ru: 'Группа сообщений закрыта',
    pl: 'Grupa wiadomości jest zamknięta',
    el: 'Η ομάδα μηνυμάτων έχει κλείσει',
  },
  invalid_count: {
    en: '{min} to {max} recipients',
    ru: 'От {min} до {max} получателей',
    pl: 'Od {min} do {max} odbiorców',
    el: '{min} έως {max} παραλήπτες',
  },
  too_far_ahead: {
    en: 'At most a year ahead',
    ru: 'Не более чем на год вперёд',
    pl: 'Najwyżej rok naprzód',
    el: 'Έως έναν χρόνο μπροστά',
  },
  start_in_past: {
    en: 'This time lies in the past',
    ru: 'Это время уже прошло',
    pl: 'Ten czas już minął',
    el: 'Αυτή η ώρα έχει περάσει',
  },
  out_of_range: {
    en: 'From {min} to {max}',
    ru: 'От {min} до {max}',
    pl: 'Od {min} do {max}',
    el: 'Από {min} έως {max}',
  },
  overloaded: {
    en: 'Too much at once, try again',
    ru: 'Слишком много запросов, повторите позже',
    pl: 'Zbyt wiele naraz, spróbuj ponownie',
    el: 'Υπερφόρτωση, δοκιμάστε ξανά',
  },
});

export const messageNotFound = (): DomainError => new DomainError('not_found', 'message_not_found');

/** Every item was refused: for want of money when `shortfall` says how much, else for its own reason. The rows stand all the same. */
export function nothingAccepted(
  items: SentItemDto[],
  shortfall: { amount: string; currency: string } | undefined,
): DomainError {
  if (shortfall)
    return new DomainError('payment_required', 'insufficient_funds', {
      params: shortfall,
      extension: { items, shortfall },
    });
  return new DomainError('invalid', 'nothing_accepted', { extension: { items } });
}

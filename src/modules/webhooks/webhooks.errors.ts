import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  webhook_endpoint_not_found: {
    en: 'There is no such webhook endpoint',
    ru: 'Такого адреса вебхуков нет',
    pl: 'Nie ma takiego adresu webhooków',
    el: 'Δεν υπάρχει τέτοια διεύθυνση webhook',
  },
  webhook_delivery_not_found: {
    en: 'This event was not for that endpoint, or was too long ago',
    ru: 'Это событие не предназначалось этому адресу или было слишком давно',
    pl: 'To zdarzenie nie było przeznaczone dla tego adresu albo było zbyt dawno',
    el: 'Το συμβάν δεν προοριζόταν για αυτή τη διεύθυνση ή ήταν πολύ παλιό',
  },
  webhook_endpoint_disabled: {
    en: 'The endpoint is disabled; enable it first',
    ru: 'Адрес отключён; сначала включите его',
    pl: 'Adres jest wyłączony; najpierw go włącz',
    el: 'Η διεύθυνση είναι ανενεργή· ενεργοποιήστε την πρώτα',
  },
  webhook_url_refused: {
    en: 'Only https addresses on the public internet, without user name and fragment',
    ru: 'Только адреса https в публичном интернете, без имени пользователя и фрагмента',
    pl: 'Tylko adresy https w publicznym internecie, bez nazwy użytkownika i fragmentu',
    el: 'Μόνο διευθύνσεις https στο δημόσιο διαδίκτυο, χωρίς όνομα χρήστη και τμήμα (#)',
  },
  too_many_webhook_endpoints: {
    en: 'An account has {most} webhook endpoints at most',
    ru: 'У аккаунта может быть не больше {most} адресов вебхуков',
    pl: 'Konto może mieć najwyżej {most} adresów webhooków',
    el: 'Ένας λογαριασμός έχει το πολύ {most} διευθύνσεις webhook',
  },
});

export const endpointNotFound = (): DomainError => new DomainError('not_found', 'webhook_endpoint_not_found');
export const deliveryNotFound = (): DomainError => new DomainError('not_found', 'webhook_delivery_not_found');
export const endpointDisabled = (): DomainError => new DomainError('conflict', 'webhook_endpoint_disabled');
export const tooManyEndpoints = (most: number): DomainError =>
  new DomainError('conflict', 'too_many_webhook_endpoints', { params: { most } });
export const urlRefused = (): DomainError =>
  new DomainError('invalid', 'validation_failed', { errors: [{ pointer: '/url', code: 'webhook_url_refused' }] });

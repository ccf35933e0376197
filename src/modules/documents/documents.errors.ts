import { defineProblems } from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';

defineProblems({
  link_expired: {
    en: 'This link has expired',
    ru: 'Срок действия ссылки истёк',
    pl: 'Link wygasł',
    el: 'Ο σύνδεσμος έληξε',
  },
});

export const linkExpired = (): DomainError => new DomainError('not_found', 'link_expired');

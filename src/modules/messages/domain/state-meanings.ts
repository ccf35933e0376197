import type { Locale } from '../../../kernel/locale.js';
import type { MessageState } from './message.js';

type Words = Record<Locale, [title: string, meaning: string]>;

/** What every state means to the people who read it. */
export const STATE_MEANINGS: Record<MessageState, Words> = {
  scheduled: {
    en: ['Scheduled', 'It waits for its time, or for the hours in which sending is allowed. Its price is set aside.'],
    ru: ['Запланировано', 'Ждёт своего времени или разрешённых часов. Стоимость зарезервирована.'],
    pl: ['Zaplanowana', 'Czeka na swój czas albo na dozwolone godziny. Koszt jest zarezerwowany.'],
    el: ['Προγραμματισμένο', 'Περιμένει την ώρα του ή τις επιτρεπόμενες ώρες. Το κόστος έχει δεσμευτεί.'],
  },
  queued: {
    en: ['Queued', 'It leaves as soon as the provider takes it. Its price is set aside.'],
    ru: ['В очереди', 'Уйдёт, как только его примет оператор. Стоимость зарезервирована.'],
    pl: ['W kolejce', 'Wyjdzie, gdy tylko przyjmie ją operator. Koszt jest zarezerwowany.'],
    el: ['Σε αναμονή', 'Θα φύγει μόλις το δεχθεί ο πάροχος. Το κόστος έχει δεσμευτεί.'],
  },
  waiting_funds: {
    en: ['Waiting for funds', 'The wallet cannot pay for it; it goes on after a top-up, while it is valid.'],
    ru: ['Ждёт средств', 'На счёте не хватает денег; уйдёт после пополнения, пока действительно.'],
    pl: ['Czeka na środki', 'Brakuje środków; wyjdzie po doładowaniu, dopóki jest ważna.'],
    el: ['Αναμονή υπολοίπου', 'Δεν επαρκεί το υπόλοιπο· θα φύγει μετά τη φόρτιση, όσο ισχύει.'],
  },
  submitting: {
    en: ['Being handed over', 'It is on its way to the provider right now.'],
    ru: ['Передаётся', 'Прямо сейчас передаётся оператору.'],
    pl: ['Przekazywana', 'Właśnie jest przekazywana operatorowi.'],
    el: ['Παραδίδεται στον πάροχο', 'Αυτή τη στιγμή παραδίδεται στον πάροχο.'],
  },
  submitted: {
    en: ['Sent', 'The provider has it; the delivery report is still to come.'],
    ru: ['Отправлено', 'Принято оператором, отчёт о доставке ещё не пришёл.'],
    pl: ['Wysłana', 'Operator ją przyjął; raport doręczenia jeszcze nie nadszedł.'],
    el: ['Στάλθηκε', 'Το έχει ο πάροχος· αναμένεται η αναφορά παράδοσης.'],
  },
  delivered: {
    en: ['Delivered', 'The phone has received every part of it.'],
    ru: ['Доставлено', 'Телефон получил все части.'],
    pl: ['Doręczona', 'Telefon otrzymał wszystkie części.'],
    el: ['Παραδόθηκε', 'Το τηλέφωνο έλαβε όλα τα μέρη.'],
  },
  undelivered: {
    en: ['Not delivered', 'The operator could not deliver it, or a part of it.'],
    ru: ['Не доставлено', 'Оператор не смог доставить сообщение или его часть.'],
    pl: ['Niedoręczona', 'Operator nie mógł doręczyć wiadomości lub jej części.'],
    el: ['Δεν παραδόθηκε', 'Ο πάροχος δεν μπόρεσε να το παραδώσει, ή ένα μέρος του.'],
  },
  expired: {
    en: ['Expired', 'Its time was over before it was delivered, or its outcome never became known.'],
    ru: ['Просрочено', 'Срок истёк до доставки, или исход так и не стал известен.'],
    pl: ['Wygasła', 'Jej ważność minęła przed doręczeniem albo wynik pozostał nieznany.'],
    el: ['Έληξε', 'Έληξε πριν παραδοθεί, ή η έκβαση δεν έγινε ποτέ γνωστή.'],
  },
  rejected: {
    en: ['Rejected', 'The provider refused it; it is not charged.'],
    ru: ['Отклонено', 'Оператор отказался принять; деньги не списаны.'],
    pl: ['Odrzucona', 'Operator odmówił przyjęcia; nie pobrano opłaty.'],
    el: ['Απορρίφθηκε', 'Ο πάροχος το αρνήθηκε· δεν χρεώνεται.'],
  },
  unknown: {
    en: [
      'Outcome unknown',
      'The provider did not answer in time. It is being cleared up and is never sent twice blindly.',
    ],
    ru: ['Исход неизвестен', 'Оператор не ответил вовремя. Исход выясняется; вслепую повторно не отправляется.'],
    pl: ['Wynik nieznany', 'Operator nie odpowiedział na czas. Wyjaśniamy to; nigdy nie wysyłamy ponownie w ciemno.'],
    el: ['Άγνωστη έκβαση', 'Ο πάροχος δεν απάντησε εγκαίρως. Διερευνάται και δεν στέλνεται δεύτερη φορά στα τυφλά.'],
  },
  cancelled: {
    en: ['Cancelled', 'It was cancelled before it left; its price was given back.'],
    ru: ['Отменено', 'Отменено до отправки, деньги возвращены.'],
    pl: ['Anulowana', 'Anulowana przed wysłaniem; koszt zwrócono.'],
    el: ['Ακυρώθηκε', 'Ακυρώθηκε πριν φύγει· το κόστος επιστράφηκε.'],
  },
  blocked: {
    en: ['Not sent', 'It was refused here, for the reason shown with it, and cost nothing.'],
    ru: ['Не отправлено', 'Отклонено у нас по указанной причине, бесплатно.'],
    pl: ['Nie wysłana', 'Odrzucona u nas z podanego powodu, bez opłaty.'],
    el: ['Δεν στάλθηκε', 'Απορρίφθηκε εδώ για τον λόγο που φαίνεται, χωρίς χρέωση.'],
  },
};

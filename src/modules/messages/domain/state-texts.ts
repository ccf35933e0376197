import type { Locale } from '../../../kernel/locale.js';
import type { MessageState } from './message.js';

/** A word for lists and a sentence for people, per language. */
export type MeaningTexts = Record<Locale, readonly [title: string, meaning: string]>;

/** What every state means to the person who pays for the message. */
export const STATE_TEXTS: Record<MessageState, MeaningTexts> = {
  scheduled: {
    en: ['Scheduled', 'Accepted and paid from the wallet; waits for its time or for the sending hours to open.'],
    ru: ['Запланировано', 'Принято, деньги отложены; ждёт своего времени или начала разрешённых часов отправки.'],
    pl: ['Zaplanowana', 'Przyjęta, środki zablokowane; czeka na swój czas lub na otwarcie godzin wysyłki.'],
    el: ['Προγραμματισμένο', 'Έγινε δεκτό και το ποσό δεσμεύτηκε· περιμένει την ώρα του ή τις επιτρεπόμενες ώρες.'],
  },
  queued: {
    en: ['Queued', 'Accepted and paid from the wallet; leaves as soon as it is its turn.'],
    ru: ['В очереди', 'Принято, деньги отложены; уйдёт, как только подойдёт очередь.'],
    pl: ['W kolejce', 'Przyjęta, środki zablokowane; wyjdzie, gdy przyjdzie jej kolej.'],
    el: ['Σε αναμονή', 'Έγινε δεκτό και το ποσό δεσμεύτηκε· φεύγει μόλις έρθει η σειρά του.'],
  },
  waiting_funds: {
    en: [
      'Waiting for funds',
      'The wallet does not suffice. It is sent when money arrives in time, and costs nothing until then.',
    ],
    ru: [
      'Ждёт средств',
      'На счёте недостаточно денег. Уйдёт, если деньги поступят вовремя; до тех пор ничего не стоит.',
    ],
    pl: [
      'Czeka na środki',
      'Za mało środków na koncie. Zostanie wysłana, gdy wpłyną na czas; do tego momentu nic nie kosztuje.',
    ],
    el: ['Αναμονή υπολοίπου', 'Το υπόλοιπο δεν επαρκεί. Θα σταλεί αν έρθουν χρήματα έγκαιρα· μέχρι τότε δεν κοστίζει.'],
  },
  submitting: {
    en: ['Being sent', 'It is being handed over to the provider right now.'],
    ru: ['Отправляется', 'Прямо сейчас передаётся провайдеру.'],
    pl: ['Wysyłana', 'Jest właśnie przekazywana operatorowi.'],
    el: ['Αποστέλλεται', 'Παραδίδεται αυτή τη στιγμή στον πάροχο.'],
  },
  submitted: {
    en: ['Sent', 'The provider has taken it over; its delivery report has not come yet.'],
    ru: ['Отправлено', 'Провайдер принял сообщение; отчёт о доставке ещё не пришёл.'],
    pl: ['Wysłana', 'Operator przejął wiadomość; raport doręczenia jeszcze nie nadszedł.'],
    el: ['Στάλθηκε', 'Ο πάροχος το παρέλαβε· η αναφορά παράδοσης δεν έχει έρθει ακόμη.'],
  },
  delivered: {
    en: ['Delivered', 'The operator confirms that it arrived on the phone.'],
    ru: ['Доставлено', 'Оператор подтвердил, что сообщение пришло на телефон.'],
    pl: ['Doręczona', 'Operator potwierdza, że dotarła na telefon.'],
    el: ['Παραδόθηκε', 'Ο πάροχος επιβεβαιώνει ότι έφτασε στο τηλέφωνο.'],
  },
  undelivered: {
    en: ['Not delivered', 'The operator tried and could not deliver it: the number is off, blocked or not in use.'],
    ru: ['Не доставлено', 'Оператор не смог доставить: номер выключен, заблокирован или не используется.'],
    pl: ['Niedoręczona', 'Operator nie mógł jej doręczyć: numer wyłączony, zablokowany lub nieużywany.'],
    el: [
      'Δεν παραδόθηκε',
      'Ο πάροχος δεν μπόρεσε να το παραδώσει: ο αριθμός είναι κλειστός, αποκλεισμένος ή ανενεργός.',
    ],
  },
  expired: {
    en: ['Expired', 'Its time was over before it could be sent, delivered or confirmed.'],
    ru: ['Просрочено', 'Срок истёк раньше, чем сообщение удалось отправить, доставить или подтвердить.'],
    pl: ['Wygasła', 'Jej czas minął, zanim udało się ją wysłać, doręczyć lub potwierdzić.'],
    el: ['Έληξε', 'Ο χρόνος του πέρασε πριν μπορέσει να σταλεί, να παραδοθεί ή να επιβεβαιωθεί.'],
  },
  rejected: {
    en: ['Rejected', 'The provider or the operator refused it for good.'],
    ru: ['Отклонено', 'Провайдер или оператор окончательно отказал в отправке.'],
    pl: ['Odrzucona', 'Operator ostatecznie odmówił wysyłki.'],
    el: ['Απορρίφθηκε', 'Ο πάροχος ή ο φορέας το αρνήθηκε οριστικά.'],
  },
  unknown: {
    en: [
      'Outcome unknown',
      'It may have left; the provider did not answer in time. It is being looked into and not sent again blindly.',
    ],
    ru: [
      'Результат неизвестен',
      'Возможно, ушло: провайдер не ответил вовремя. Выясняем; вслепую повторно не отправляется.',
    ],
    pl: [
      'Wynik nieznany',
      'Mogła wyjść: operator nie odpowiedział na czas. Wyjaśniamy; nie jest wysyłana ponownie na ślepo.',
    ],
    el: [
      'Άγνωστο αποτέλεσμα',
      'Ίσως έφυγε: ο πάροχος δεν απάντησε έγκαιρα. Διερευνάται και δεν ξαναστέλνεται στα τυφλά.',
    ],
  },
  cancelled: {
    en: ['Cancelled', 'Stopped before it left; the money is back in the wallet.'],
    ru: ['Отменено', 'Остановлено до отправки; деньги возвращены на счёт.'],
    pl: ['Anulowana', 'Zatrzymana przed wysłaniem; środki wróciły na konto.'],
    el: ['Ακυρώθηκε', 'Σταμάτησε πριν φύγει· τα χρήματα επέστρεψαν στο πορτοφόλι.'],
  },
  blocked: {
    en: ['Not accepted', 'It was not sent and costs nothing; the reason stands beside it.'],
    ru: ['Не принято', 'Не отправлено и ничего не стоит; причина указана рядом.'],
    pl: ['Nieprzyjęta', 'Nie została wysłana i nic nie kosztuje; powód podano obok.'],
    el: ['Δεν έγινε δεκτό', 'Δεν στάλθηκε και δεν κοστίζει· ο λόγος αναφέρεται δίπλα.'],
  },
};

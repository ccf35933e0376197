import type { Locale } from '../../../kernel/locale.js';

export const ALERT_KINDS = [
  'provider_paused',
  'provider_awaits',
  'provider_failing',
  'webhook_disabled',
  'deposit_awaits',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What an alert says, in a line. */
export const ALERT_TITLES: Record<AlertKind, Record<Locale, string>> = {
  provider_paused: {
    en: 'A provider is paused; its messages wait',
    ru: 'Провайдер приостановлен; его сообщения ждут',
    pl: 'Dostawca jest wstrzymany; jego wiadomości czekają',
    el: 'Ο πάροχος έχει τεθεί σε παύση· τα μηνύματά του περιμένουν',
  },
  provider_awaits: {
    en: 'An account has entered a provider of its own, which waits to be switched on',
    ru: 'Аккаунт добавил собственного провайдера; его нужно включить',
    pl: 'Konto dodało własnego dostawcę, który czeka na włączenie',
    el: 'Ένας λογαριασμός πρόσθεσε δικό του πάροχο που περιμένει ενεργοποίηση',
  },
  provider_failing: {
    en: 'A provider cannot be reached; other routes take over where there are any',
    ru: 'Провайдер недоступен; сообщения идут другими маршрутами, если они есть',
    pl: 'Dostawca jest nieosiągalny; wiadomości idą innymi trasami, jeśli są',
    el: 'Ο πάροχος δεν είναι προσβάσιμος· τα μηνύματα φεύγουν από άλλες διαδρομές, όπου υπάρχουν',
  },
  webhook_disabled: {
    en: 'A webhook endpoint is disabled; it is told nothing',
    ru: 'Адрес вебхуков отключён; события ему не передаются',
    pl: 'Adres webhooków jest wyłączony; niczego nie otrzymuje',
    el: 'Μια διεύθυνση webhook είναι ανενεργή· δεν ενημερώνεται',
  },
  deposit_awaits: {
    en: 'The proof of a bank deposit waits for an answer',
    ru: 'Подтверждение банковского перевода ждёт ответа',
    pl: 'Potwierdzenie wpłaty bankowej czeka na odpowiedź',
    el: 'Αποδεικτικό τραπεζικής κατάθεσης περιμένει απάντηση',
  },
};

/** Why, for reasons that are codes of ours; others are what a person wrote. */
export const REASON_TEXTS: Record<string, Record<Locale, string>> = {
  proof_uploaded: {
    en: 'Compare it with the bank’s statement, then accept it or say why not',
    ru: 'Сверьте его с банковской выпиской и примите либо объясните отказ',
    pl: 'Porównaj je z wyciągiem bankowym, a potem przyjmij albo podaj powód odmowy',
    el: 'Συγκρίνετέ το με το αντίγραφο της τράπεζας και αποδεχθείτε το ή αιτιολογήστε την απόρριψη',
  },
  credentials_refused: {
    en: 'The provider refuses the credentials. Sending resumes by itself once they are right again',
    ru: 'Провайдер не принимает учётные данные. Отправка возобновится сама, когда они снова будут верны',
    pl: 'Dostawca odrzuca dane dostępowe. Wysyłka wznowi się sama, gdy znów będą poprawne',
    el: 'Ο πάροχος απορρίπτει τα διαπιστευτήρια. Η αποστολή συνεχίζεται μόνη της όταν διορθωθούν',
  },
  endpoint_failing: {
    en: 'Nothing could be delivered to it for five days. What waits is sent once it is enabled again',
    ru: 'Пять дней ему ничего не удавалось доставить. Ожидающее уйдёт, когда адрес снова включат',
    pl: 'Przez pięć dni nic nie dało się do niego dostarczyć. To, co czeka, wyjdzie po ponownym włączeniu',
    el: 'Επί πέντε ημέρες δεν παραδόθηκε τίποτα. Όσα περιμένουν θα σταλούν όταν ενεργοποιηθεί ξανά',
  },
  endpoint_gone: {
    en: 'It answered that it is gone for good (410)',
    ru: 'Он ответил, что больше не существует (410)',
    pl: 'Odpowiedział, że już nie istnieje (410)',
    el: 'Απάντησε ότι δεν υπάρχει πια (410)',
  },
  links_down: {
    en: 'None of its links could send for a while. It ends by itself with the first link that can',
    ru: 'Ни одно соединение не могло отправлять. Закончится само, как только одно из них восстановится',
    pl: 'Żadne łącze nie mogło wysyłać. Skończy się samo, gdy któreś wróci',
    el: 'Καμία σύνδεση δεν μπορούσε να στείλει. Τελειώνει μόνο του με την πρώτη που μπορεί',
  },
  provider_no_funds: {
    en: 'The balance at the provider is used up. Sending resumes by itself once there is money again',
    ru: 'Баланс у провайдера исчерпан. Отправка возобновится сама, когда там снова будут средства',
    pl: 'Saldo u dostawcy zostało wyczerpane. Wysyłka wznowi się sama, gdy znów będą środki',
    el: 'Το υπόλοιπο στον πάροχο εξαντλήθηκε. Η αποστολή συνεχίζεται μόνη της όταν υπάρξουν χρήματα',
  },
};

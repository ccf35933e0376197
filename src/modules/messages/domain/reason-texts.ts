import type { Locale } from '../../../kernel/locale.js';
import type { BlockReason } from './accept-request.js';

/** Why a message was not accepted, in a sentence. */
export const REASON_TEXTS: Record<BlockReason, Record<Locale, string>> = {
  invalid_number: {
    en: 'This is not a telephone number',
    ru: 'Это не номер телефона',
    pl: 'To nie jest numer telefonu',
    el: 'Δεν είναι αριθμός τηλεφώνου',
  },
  not_mobile: {
    en: 'A landline number cannot receive SMS',
    ru: 'Городской номер не принимает SMS',
    pl: 'Numer stacjonarny nie odbiera SMS-ów',
    el: 'Ο σταθερός αριθμός δεν δέχεται SMS',
  },
  no_consent: {
    en: 'The recipient has not agreed to receive SMS',
    ru: 'Получатель не давал согласия на SMS',
    pl: 'Odbiorca nie wyraził zgody na SMS-y',
    el: 'Ο παραλήπτης δεν έχει συναινέσει σε SMS',
  },
  opted_out: {
    en: 'The recipient asked not to be written to',
    ru: 'Получатель отказался от сообщений',
    pl: 'Odbiorca zrezygnował z wiadomości',
    el: 'Ο παραλήπτης ζήτησε να μη λαμβάνει μηνύματα',
  },
  duplicate: {
    en: 'The same text to the same number stands earlier in this request',
    ru: 'Тот же текст на тот же номер уже есть в этом запросе',
    pl: 'Ten sam tekst na ten sam numer jest już w tym żądaniu',
    el: 'Το ίδιο κείμενο στον ίδιο αριθμό υπάρχει ήδη στο αίτημα',
  },
  external_id_taken: {
    en: 'A message with this external id was accepted before',
    ru: 'Сообщение с таким внешним идентификатором уже принято',
    pl: 'Wiadomość z tym identyfikatorem zewnętrznym już przyjęto',
    el: 'Μήνυμα με αυτό το εξωτερικό αναγνωριστικό έχει ήδη γίνει δεκτό',
  },
  sender_not_allowed: {
    en: 'This sender name is not approved for the account and the recipient’s country, or not by the route',
    ru: 'Это имя отправителя не согласовано для кабинета и страны получателя или для направления',
    pl: 'Ta nazwa nadawcy nie jest zatwierdzona dla konta i kraju odbiorcy albo dla trasy',
    el: 'Το όνομα αποστολέα δεν έχει εγκριθεί για τον λογαριασμό και τη χώρα του παραλήπτη ή για τη διαδρομή',
  },
  sender_fixed: {
    en: 'The platform fixes the sender of such messages: name none',
    ru: 'Имя отправителя таких сообщений задаёт платформа: не указывайте его',
    pl: 'Nadawcę takich wiadomości ustala platforma: nie podawaj go',
    el: 'Τον αποστολέα τέτοιων μηνυμάτων τον ορίζει η πλατφόρμα: μην τον δίνετε',
  },
  template_not_found: {
    en: 'There is no such template',
    ru: 'Такого шаблона нет',
    pl: 'Nie ma takiego szablonu',
    el: 'Δεν υπάρχει τέτοιο πρότυπο',
  },
  missing_variables: {
    en: 'The text has variables without a value',
    ru: 'В тексте есть переменные без значения',
    pl: 'W tekście są zmienne bez wartości',
    el: 'Το κείμενο έχει μεταβλητές χωρίς τιμή',
  },
  empty_text: { en: 'The text is empty', ru: 'Текст пуст', pl: 'Tekst jest pusty', el: 'Το κείμενο είναι κενό' },
  alphabet: {
    en: 'The text has characters that make it more expensive, which the account does not allow',
    ru: 'В тексте есть символы, удорожающие сообщение; аккаунт их не допускает',
    pl: 'Tekst ma znaki, które podnoszą koszt, a konto ich nie dopuszcza',
    el: 'Το κείμενο έχει χαρακτήρες που το ακριβαίνουν και ο λογαριασμός δεν τους επιτρέπει',
  },
  too_long: {
    en: 'The text has more than ten parts',
    ru: 'В тексте больше десяти частей',
    pl: 'Tekst ma ponad dziesięć części',
    el: 'Το κείμενο έχει πάνω από δέκα μέρη',
  },
  no_route: {
    en: 'There is no route to this number',
    ru: 'Нет маршрута на этот номер',
    pl: 'Brak trasy do tego numeru',
    el: 'Δεν υπάρχει διαδρομή για αυτόν τον αριθμό',
  },
  no_tariff: {
    en: 'The account has no price for this number',
    ru: 'Для этого номера у аккаунта нет цены',
    pl: 'Konto nie ma ceny dla tego numeru',
    el: 'Ο λογαριασμός δεν έχει τιμή για αυτόν τον αριθμό',
  },
  window: {
    en: 'The sending hours are closed',
    ru: 'Сейчас не разрешённые часы отправки',
    pl: 'Poza godzinami wysyłki',
    el: 'Εκτός ωρών αποστολής',
  },
  capped: {
    en: 'This number has had its daily number of messages',
    ru: 'Суточный предел сообщений на этот номер исчерпан',
    pl: 'Dzienny limit wiadomości na ten numer wyczerpany',
    el: 'Ο αριθμός έφτασε το ημερήσιο όριο μηνυμάτων',
  },
  country_capped: {
    en: 'The account has had its daily number of messages to this country',
    ru: 'Суточный предел сообщений кабинета в эту страну исчерпан',
    pl: 'Dzienny limit wiadomości konta do tego kraju wyczerpany',
    el: 'Ο λογαριασμός έφτασε το ημερήσιο όριο μηνυμάτων προς αυτή τη χώρα',
  },
  account_capped: {
    en: 'The account has had its daily number of messages',
    ru: 'Суточный предел сообщений кабинета исчерпан',
    pl: 'Dzienny limit wiadomości konta wyczerpany',
    el: 'Ο λογαριασμός έφτασε το ημερήσιο όριο μηνυμάτων',
  },
  no_funds: {
    en: 'The wallet does not suffice',
    ru: 'На счёте недостаточно средств',
    pl: 'Za mało środków na koncie',
    el: 'Το υπόλοιπο δεν επαρκεί',
  },
};

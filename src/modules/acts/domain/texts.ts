import type { Locale } from '../../../kernel/locale.js';

/** What a line says of something used. */
interface UsedTexts {
  line: string;
  unit: string;
}

/** Words of a printed act and of its correction. `{…}` stands for what the document says. */
export interface ActTexts {
  act: string;
  correction: string;
  period: string;
  corrects: string;
  contractor: string;
  customer: string;
  service: string;
  sms: UsedTexts;
  services: UsedTexts;
  quantity: string;
  rate: string;
  amount: string;
  before: string;
  after: string;
  change: string;
  total: string;
  changeTotal: string;
  /** Where the form asks for the sum in words; null elsewhere. */
  inWords: string | null;
  accepted: string;
  corrected: string;
  footer: string;
}

export const ACT_TEXTS: Record<Locale, ActTexts> = {
  ru: {
    act: 'Акт об оказании услуг',
    correction: 'Корректировочный акт',
    period: 'За период с {from} по {until}',
    corrects: 'К акту об оказании услуг № {number} от {date}',
    contractor: 'Исполнитель',
    customer: 'Заказчик',
    service: 'Наименование услуги',
    sms: { line: 'Услуги SMS-рассылки за {from}–{until}', unit: 'сегм.' },
    services: { line: 'Абонентские и разовые услуги за {from}–{until}', unit: 'усл.' },
    quantity: 'Кол-во',
    rate: 'НДС',
    amount: 'Сумма',
    before: 'До изменения',
    after: 'После изменения',
    change: 'Разница',
    total: 'Всего оказано услуг на сумму',
    changeTotal: 'Всего к уменьшению',
    inWords: 'Сумма прописью: {words}.',
    accepted:
      'Услуги оказаны полностью и в срок. Заказчик претензий по объёму, качеству и срокам оказания услуг не имеет.',
    corrected: 'Стоимость услуг в акте изменена: возвращена плата за сообщения или отозвана оплата.',
    footer: 'Акт составлен на услуги, оказанные в счёт поступившей оплаты.',
  },
  pl: {
    act: 'Protokół wykonania usług',
    correction: 'Korekta protokołu wykonania usług',
    period: 'Za okres od {from} do {until}',
    corrects: 'Do protokołu wykonania usług nr {number} z dnia {date}',
    contractor: 'Wykonawca',
    customer: 'Zamawiający',
    service: 'Nazwa usługi',
    sms: { line: 'Usługi SMS za okres {from}–{until}', unit: 'segm.' },
    services: { line: 'Usługi abonamentowe i jednorazowe za okres {from}–{until}', unit: 'usł.' },
    quantity: 'Ilość',
    rate: 'VAT',
    amount: 'Kwota',
    before: 'Przed korektą',
    after: 'Po korekcie',
    change: 'Różnica',
    total: 'Wartość wykonanych usług',
    changeTotal: 'Razem do zmniejszenia',
    inWords: null,
    accepted: 'Usługi wykonano w całości i w terminie. Zamawiający nie zgłasza zastrzeżeń.',
    corrected: 'Wartość usług w protokole zmieniono: zwrócono opłaty za wiadomości albo cofnięto płatność.',
    footer: 'Protokół obejmuje usługi wykonane na poczet otrzymanych płatności.',
  },
  el: {
    act: 'Πρωτόκολλο παροχής υπηρεσιών',
    correction: 'Διόρθωση πρωτοκόλλου παροχής υπηρεσιών',
    period: 'Για την περίοδο από {from} έως {until}',
    corrects: 'Στο πρωτόκολλο παροχής υπηρεσιών αρ. {number} της {date}',
    contractor: 'Πάροχος',
    customer: 'Πελάτης',
    service: 'Περιγραφή',
    sms: { line: 'Υπηρεσίες SMS για {from}–{until}', unit: 'τμ.' },
    services: { line: 'Συνδρομητικές και εφάπαξ υπηρεσίες για {from}–{until}', unit: 'υπ.' },
    quantity: 'Ποσότητα',
    rate: 'ΦΠΑ',
    amount: 'Ποσό',
    before: 'Πριν',
    after: 'Μετά',
    change: 'Διαφορά',
    total: 'Αξία παρασχεθεισών υπηρεσιών',
    changeTotal: 'Σύνολο μείωσης',
    inWords: null,
    accepted: 'Οι υπηρεσίες παρασχέθηκαν πλήρως και εμπρόθεσμα. Ο πελάτης δεν έχει αξιώσεις.',
    corrected: 'Η αξία των υπηρεσιών άλλαξε: επιστράφηκαν χρεώσεις μηνυμάτων ή ανακλήθηκε πληρωμή.',
    footer: 'Το πρωτόκολλο αφορά υπηρεσίες έναντι πληρωμών που έχουν εισπραχθεί.',
  },
  en: {
    act: 'Act of services rendered',
    correction: 'Correction of an act of services rendered',
    period: 'For the period from {from} to {until}',
    corrects: 'To the act of services rendered no. {number} of {date}',
    contractor: 'Contractor',
    customer: 'Customer',
    service: 'Description',
    sms: { line: 'SMS services for {from} to {until}', unit: 'parts' },
    services: { line: 'Subscriptions and other services for {from} to {until}', unit: 'services' },
    quantity: 'Qty',
    rate: 'VAT',
    amount: 'Amount',
    before: 'Before',
    after: 'After',
    change: 'Difference',
    total: 'Services rendered in total',
    changeTotal: 'To be deducted in total',
    inWords: null,
    accepted: 'The services were rendered in full and on time. The customer raises no claims.',
    corrected:
      'The value of the services has changed: charges for messages were refunded, or a payment was taken back.',
    footer: 'This act covers services rendered against payments that were received.',
  },
};

/** Fills in `{name}`. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

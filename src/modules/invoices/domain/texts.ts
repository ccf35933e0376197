import type { Locale } from '../../../kernel/locale.js';

/** Words for the two parties, the same on every document. */
export interface PartyTexts {
  taxNumber: Record<string, string>;
  taxReasonCode: string;
  director: string;
  accountant: string;
}

/** Words of the printed invoice. */
export interface DocumentTexts extends PartyTexts {
  title: string;
  number: string;
  of: string;
  seller: string;
  payer: string;
  address: string;
  bank: string;
  account: string;
  bic: string;
  correspondentAccount: string;
  validUntil: string;
  service: string;
  unit: string;
  quantity: string;
  amount: string;
  net: string;
  vat: string;
  withoutVat: string;
  total: string;
  purpose: string;
  scan: string;
  offer: string;
  serviceLine: string;
  serviceUnit: string;
  purposeText: string;
}

export const DOCUMENT_TEXTS: Record<Locale, DocumentTexts> = {
  ru: {
    title: 'Счёт на оплату',
    number: '№',
    of: 'от',
    seller: 'Поставщик',
    payer: 'Покупатель',
    taxNumber: { RU: 'ИНН', PL: 'NIP', GR: 'ΑΦΜ' },
    taxReasonCode: 'КПП',
    address: 'Адрес',
    bank: 'Банк получателя',
    account: 'Счёт получателя',
    bic: 'БИК',
    correspondentAccount: 'Корр. счёт',
    validUntil: 'Действителен до',
    service: 'Наименование',
    unit: 'Ед.',
    quantity: 'Кол-во',
    amount: 'Сумма',
    net: 'Итого без НДС',
    vat: 'НДС',
    withoutVat: 'Без НДС',
    total: 'Всего к оплате',
    purpose: 'Назначение платежа',
    scan: 'Оплатите по QR-коду в приложении банка',
    offer: 'Счёт является офертой и не подтверждает оплату. Поступившие средства видны в разделе платежей.',
    director: 'Руководитель',
    accountant: 'Главный бухгалтер',
    serviceLine: 'Пополнение счёта на услуги SMS-рассылки',
    serviceUnit: 'усл.',
    purposeText: 'Оплата по счёту № {number} от {date}',
  },
  pl: {
    title: 'Faktura pro forma',
    number: 'nr',
    of: 'z dnia',
    seller: 'Sprzedawca',
    payer: 'Nabywca',
    taxNumber: { RU: 'INN', PL: 'NIP', GR: 'ΑΦΜ' },
    taxReasonCode: 'KPP',
    address: 'Adres',
    bank: 'Bank',
    account: 'Numer rachunku',
    bic: 'BIC',
    correspondentAccount: 'Rachunek korespondencyjny',
    validUntil: 'Ważna do',
    service: 'Nazwa usługi',
    unit: 'J.m.',
    quantity: 'Ilość',
    amount: 'Kwota',
    net: 'Razem netto',
    vat: 'VAT',
    withoutVat: 'Bez VAT',
    total: 'Do zapłaty',
    purpose: 'Tytuł przelewu',
    scan: 'Zapłać kodem QR w aplikacji banku',
    offer: 'Dokument jest ofertą i nie potwierdza zapłaty. Otrzymane środki widać w sekcji płatności.',
    director: 'Dyrektor',
    accountant: 'Główny księgowy',
    serviceLine: 'Doładowanie portfela usług SMS',
    serviceUnit: 'usł.',
    purposeText: 'Zapłata za fakturę {number} z dnia {date}',
  },
  el: {
    title: 'Προτιμολόγιο',
    number: 'αρ.',
    of: 'της',
    seller: 'Πωλητής',
    payer: 'Πελάτης',
    taxNumber: { RU: 'ИНН', PL: 'NIP', GR: 'ΑΦΜ' },
    taxReasonCode: 'KPP',
    address: 'Διεύθυνση',
    bank: 'Τράπεζα',
    account: 'IBAN',
    bic: 'BIC',
    correspondentAccount: 'Ανταποκριτής',
    validUntil: 'Ισχύει έως',
    service: 'Περιγραφή',
    unit: 'Μον.',
    quantity: 'Ποσότητα',
    amount: 'Ποσό',
    net: 'Καθαρή αξία',
    vat: 'ΦΠΑ',
    withoutVat: 'Χωρίς ΦΠΑ',
    total: 'Πληρωτέο',
    purpose: 'Αιτιολογία πληρωμής',
    scan: 'Πληρώστε με QR από την εφαρμογή της τράπεζας',
    offer: 'Το έγγραφο είναι προσφορά και δεν βεβαιώνει πληρωμή. Τα εισερχόμενα ποσά φαίνονται στις πληρωμές.',
    director: 'Διευθυντής',
    accountant: 'Λογιστής',
    serviceLine: 'Φόρτιση πορτοφολιού υπηρεσιών SMS',
    serviceUnit: 'υπ.',
    purposeText: 'Πληρωμή προτιμολογίου {number} της {date}',
  },
  en: {
    title: 'Invoice (pro forma)',
    number: 'no.',
    of: 'of',
    seller: 'Seller',
    payer: 'Payer',
    taxNumber: { RU: 'INN', PL: 'NIP', GR: 'ΑΦΜ' },
    taxReasonCode: 'KPP',
    address: 'Address',
    bank: 'Bank',
    account: 'Account',
    bic: 'BIC',
    correspondentAccount: 'Correspondent account',
    validUntil: 'Valid until',
    service: 'Description',
    unit: 'Unit',
    quantity: 'Qty',
    amount: 'Amount',
    net: 'Net',
    vat: 'VAT',
    withoutVat: 'Without VAT',
    total: 'Total due',
    purpose: 'Payment reference',
    scan: 'Pay by scanning the code in your banking app',
    offer: 'This document is an offer and confirms no payment. Money that arrived is shown under payments.',
    director: 'Director',
    accountant: 'Chief accountant',
    serviceLine: 'Top-up of the SMS wallet',
    serviceUnit: 'service',
    purposeText: 'Payment of invoice {number} of {date}',
  },
};

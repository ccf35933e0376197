import { isBlank } from '../../../kernel/blank-text.js';
import { unreadableFile } from '../campaigns.errors.js';

const PHONE_NAMES = [
  'phone',
  'msisdn',
  'mobile',
  'tel',
  'телефон',
  'номер',
  'telefon',
  'numer',
  'komórka',
  'κινητό',
  'τηλέφωνο',
];
const CONSENT_NAMES = ['consent', 'sms_consent', 'согласие', 'zgoda', 'συγκατάθεση'];
const YES = new Set(['yes', 'y', '1', 'true', 'да', 'tak', 'ναι', '+', 'x']);
const MAX_COLUMNS = 100;
const MAX_NAME = 64;

/** Where things stand in the rows of a file. */
export interface ListColumns {
  names: string[];
  phone: number;
  /** Absent: the uploader answers for the consent of all. */
  consent: number | null;
}

/** Reads the header: names each once, the phone column by its given or usual name, the consent column when there is one. */
export function readHeader(
  fields: readonly string[],
  wanted: { phoneColumn?: string; consentColumn?: string },
): ListColumns {
  const names = fields.map((field) => field.trim());
  const lower = names.map((name) => name.toLowerCase());
  if (names.length > MAX_COLUMNS) throw unreadableFile('csv_too_many_columns', { max: MAX_COLUMNS });
  if (names.some((name) => name.length > MAX_NAME)) throw unreadableFile('csv_column_name_too_long', { max: MAX_NAME });
  if (new Set(lower).size !== names.length || names.some(isBlank)) throw unreadableFile('csv_header');
  const find = (name: string | undefined, usual: readonly string[]) =>
    name === undefined ? lower.findIndex((one) => usual.includes(one)) : lower.indexOf(name.toLowerCase());
  const phone = find(wanted.phoneColumn, PHONE_NAMES);
  if (phone < 0) throw unreadableFile('csv_column_missing', { column: wanted.phoneColumn ?? 'phone' });
  const consent = find(wanted.consentColumn, CONSENT_NAMES);
  if (consent < 0 && wanted.consentColumn !== undefined)
    throw unreadableFile('csv_column_missing', { column: wanted.consentColumn });
  return { names, phone, consent: consent < 0 ? null : consent };
}

export function isConsent(value: string): boolean {
  return YES.has(value.trim().toLowerCase());
}

import type { FieldError } from '../../../kernel/domain-error.js';

/** What identifies an organisation to its tax office, by country. */
export interface TaxIdentity {
  country: string;
  taxNumber: string;
  /** Russian KPP: organisations have one, entrepreneurs do not. */
  taxReasonCode?: string | null;
}

type Check = (identity: TaxIdentity) => FieldError[];

const bad = (pointer: string, code: string): FieldError[] => [{ pointer, code }];

/** Weighted sum of the first digits of a number. */
function weigh(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0);
}

/** INN: 10 digits (organisations) with one check digit, 12 (entrepreneurs) with two. */
export function isInn(value: string): boolean {
  if (/^\d{10}$/.test(value)) return Number(value[9]) === (weigh(value, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
  if (!/^\d{12}$/.test(value)) return false;
  const eleventh = (weigh(value, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
  const twelfth = (weigh(value, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10;
  return Number(value[10]) === eleventh && Number(value[11]) === twelfth;
}

/** NIP: 10 digits, the last one checks the others; a remainder of 10 is never issued. */
export function isNip(value: string): boolean {
  return /^\d{10}$/.test(value) && weigh(value, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(value[9]);
}

/** ΑΦΜ: 9 digits, not all zero. */
export function isAfm(value: string): boolean {
  if (!/^\d{9}$/.test(value) || value === '000000000') return false;
  return (weigh(value, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(value[8]);
}

function checkRussian({ taxNumber, taxReasonCode }: TaxIdentity): FieldError[] {
  if (!isInn(taxNumber)) return bad('/taxNumber', 'invalid_inn');
  if (taxReasonCode && taxNumber.length === 12) return bad('/taxReasonCode', 'kpp_not_for_entrepreneurs');
  if (taxReasonCode && !/^\d{4}[\dA-Z]{2}\d{3}$/.test(taxReasonCode)) return bad('/taxReasonCode', 'invalid_kpp');
  return [];
}

const CHECKS: Record<string, Check> = {
  RU: checkRussian,
  PL: ({ taxNumber }) => (isNip(taxNumber) ? [] : bad('/taxNumber', 'invalid_nip')),
  GR: ({ taxNumber }) => (isAfm(taxNumber) ? [] : bad('/taxNumber', 'invalid_afm')),
};

/** Refuses numbers whose check digits are wrong; other countries: 4 to 20 letters and digits. KPP only exists in Russia. */
export function checkTaxIdentity(identity: TaxIdentity): FieldError[] {
  if (identity.country !== 'RU' && identity.taxReasonCode) return bad('/taxReasonCode', 'kpp_only_in_russia');
  const check = CHECKS[identity.country];
  if (check) return check(identity);
  return /^[A-Z0-9]{4,20}$/.test(identity.taxNumber) ? [] : bad('/taxNumber', 'invalid_tax_number');
}

/** Takes away blanks, dashes and a country prefix that people type (`PL 526-00-...`, `EL 094...`). */
export function normaliseTaxNumber(country: string, typed: string): string {
  const bare = typed.toUpperCase().replace(/[\s.-]/g, '');
  const prefix = { PL: /^PL/, GR: /^(EL|GR)/ }[country];
  return prefix ? bare.replace(prefix, '') : bare;
}

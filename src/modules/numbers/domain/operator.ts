import { transliterate } from '../../../kernel/transliterate.js';

/** Forms of the codes of operators and of sources. */
export const OPERATOR_CODE = /^[a-z][a-z0-9-]{1,63}$/;
export const SOURCE_CODE = OPERATOR_CODE;
/** Of a network, as SIM cards and HLRs name it. */
export const MCC = /^\d{3}$/;
export const MNC = /^\d{2,3}$/;

/** Who serves numbers: the company whose phones they ring. */
export interface Operator {
  code: string;
  name: string;
  country: string;
  mcc: string | null;
  mnc: string | null;
  version: number;
}

const QUOTES = /["'`´«»“”„‟‘’‚]/g;
/** Legal forms at the beginning of a name: they say nothing about who it is. */
const LEGAL_FORM =
  /^(пао|оао|зао|нао|ао|ооо|гуп|фгуп|муп|ип|pjsc|ojsc|jsc|llc|публичное акционерное общество|акционерное общество|общество с ограниченной ответственностью)\s+/;
const MAX_SLUG = 56;

/** The same for every spelling of a name that differs in nothing but quotes, blanks, dashes, case and ё. */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(QUOTES, ' ')
    .replace(/[‐‑‒–—−]/g, '-')
    .replaceAll('ё', 'е')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A code for somebody whom only a registry's name is known of: `ru-megafon`; `taken` is added to. */
export function codeOf(country: string, name: string, taken: Set<string>): string {
  const latin = transliterate(foldName(name).replace(LEGAL_FORM, '')).toLowerCase();
  const slug =
    latin
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, MAX_SLUG)
      .replace(/^-+|-+$/g, '') || 'operator';
  const base = `${country.toLowerCase()}-${slug}`;
  let code = base;
  for (let number = 2; taken.has(code); number++) code = `${base}-${number}`;
  taken.add(code);
  return code;
}

import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/metadata.max.json';
import { callingCodeOf, classify, looksNational, trunkPrefixOf, type NumberType } from './numbering-plan.js';

/** A telephone number as the product keeps it. */
export interface Msisdn {
  ok: true;
  /** E.164 without the plus, at most 15 digits. */
  digits: string;
  /** ISO 3166 code; empty for numbers that belong to no country (+800, +883 …). */
  country: string;
  type: NumberType;
}

export interface InvalidMsisdn {
  ok: false;
  code: 'invalid_number';
}

const INVALID: InvalidMsisdn = Object.freeze({ ok: false, code: 'invalid_number' });

/** Longer inputs are refused unread. */
const MAX_INPUT = 64;
const DIGITS = /^\d{4,17}$/;
const INTERNATIONAL = /^\+[1-9]\d{5,17}$/;
/** What people put between digits, and the invisible direction marks that contact lists paste along. */
const PUNCTUATION = /[\s().\-\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/g;

/**
 * Reads a number written with `+`, with `00`, as bare E.164 digits, or as `defaultCountry` (ISO code) dials it at home, with or
 * without its trunk prefix (`8 916 …` in Russia). Where both readings are possible the national one wins. Only numbers in a range
 * that exists are accepted; whether a type may be sent to is the caller's question. Digits only: letters, extensions and
 * two numbers in one field are refused.
 */
export function parseMsisdn(input: string, defaultCountry?: string): Msisdn | InvalidMsisdn {
  if (input.length > MAX_INPUT) return INVALID;
  const compact = DIGITS.test(input) ? input : input.replace(PUNCTUATION, '');
  if (INTERNATIONAL.test(compact)) return readInternational(compact.slice(1));
  if (!DIGITS.test(compact)) return INVALID;
  if (compact.startsWith('00')) return compact[2] === '0' ? INVALID : readInternational(compact.slice(2));
  const country = defaultCountry?.toUpperCase();
  const callingCode = country === undefined ? undefined : callingCodeOf(country);
  if (callingCode === undefined) return readInternational(compact);
  return readAtHome(compact, country!, callingCode);
}

function readAtHome(digits: string, country: string, callingCode: string): Msisdn | InvalidMsisdn {
  for (const reading of homeReadings(digits, country, callingCode)) {
    const classified = classify(reading);
    if (classified) return accept(reading, classified.country, classified.type);
  }
  const national = readByLibrary(digits, country as CountryCode);
  return national.ok ? national : readInternational(digits);
}

/** Spellings that need no library: a complete national number, one behind the trunk prefix, one behind the calling code. */
function homeReadings(digits: string, country: string, callingCode: string): string[] {
  if (looksNational(digits, country)) return [callingCode + digits];
  const trunk = trunkPrefixOf(country);
  const readings = trunk && digits.startsWith(trunk) ? [callingCode + digits.slice(trunk.length)] : [];
  if (!digits.startsWith(callingCode)) return readings;
  // Behind a calling code stands a national number of the country; else it may be one of a neighbour with the same calling code.
  const isCallingCode = looksNational(digits.slice(callingCode.length), country);
  return isCallingCode ? [...readings, digits] : [...readings, callingCode + digits, digits];
}

function readInternational(digits: string): Msisdn | InvalidMsisdn {
  const classified = classify(digits);
  if (classified) return accept(digits, classified.country, classified.type);
  return readByLibrary(`+${digits}`);
}

/** The full reading: trunk prefixes, carrier codes, countries with rewriting rules, numbers without a country. */
function readByLibrary(text: string, country?: CountryCode): Msisdn | InvalidMsisdn {
  const number = parsePhoneNumberFromString(text, { defaultCountry: country }, metadata);
  if (!number) return INVALID;
  const digits = number.number.slice(1);
  const classified = classify(digits);
  if (classified) return accept(digits, classified.country, classified.type);
  if (!number.isValid()) return INVALID;
  return accept(digits, number.country ?? '', typeOf(number.getType()));
}

function accept(digits: string, country: string, type: NumberType): Msisdn | InvalidMsisdn {
  return digits.length > 15 ? INVALID : { ok: true, digits, country, type };
}

function typeOf(type: string | undefined): NumberType {
  if (type === 'MOBILE' || type === 'FIXED_LINE_OR_MOBILE') return 'mobile';
  return type === 'FIXED_LINE' ? 'fixed' : 'other';
}

/** For logs and for staff without the right to see numbers: `7916*****67`. Short numbers are hidden entirely. */
export function maskMsisdn(digits: string): string {
  if (digits.length < 9) return '*'.repeat(digits.length);
  return digits.slice(0, 4) + '*'.repeat(digits.length - 6) + digits.slice(-2);
}

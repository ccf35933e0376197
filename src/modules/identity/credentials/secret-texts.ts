import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { CODE_DIGITS } from '../domain/verification.js';

const SECRET_BYTES = 32;
/** Characters of an API key that stay visible in lists, so that people can tell keys apart. */
const HINT_CHARACTERS = 4;

export type KeyMode = 'live' | 'sandbox';

/** 256 random bits after a prefix that secret scanners can recognise: `kbk_live_…`, `kbr_…`, `kbi_…`. */
export function newSecret(prefix: string): string {
  return prefix + randomBytes(SECRET_BYTES).toString('base64url');
}

export const keyPrefixOf = (mode: KeyMode) => `kbk_${mode}_`;

/** What lists show of a key. */
export function hintOf(key: string, mode: KeyMode): string {
  return key.slice(0, keyPrefixOf(mode).length + HINT_CHARACTERS);
}

export function looksLikeApiKey(text: string): boolean {
  return /^kbk_(live|sandbox)_[\w-]{43}$/.test(text);
}

/** Secrets of 256 random bits need no salt and no slow hash. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** Six decimal digits, every one of the million equally likely. */
export function newCode(): string {
  return randomInt(0, 10 ** CODE_DIGITS)
    .toString()
    .padStart(CODE_DIGITS, '0');
}

/** A code has only a million values, so its hash is keyed: a copy of the table alone gives nothing away. */
export function hashCode(key: Buffer, codeId: string, code: string): Buffer {
  return createHmac('sha256', key).update(`${codeId}:${code}`).digest();
}

/** The name of a counter: keyed, so that the table holds no numbers, logins or addresses. */
export function counterName(key: Buffer, rule: string, subject: string): string {
  return `${rule}:${createHmac('sha256', key).update(`${rule}:${subject}`).digest('hex').slice(0, 32)}`;
}

export function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

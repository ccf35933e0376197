import { parseMsisdn } from './msisdn.js';

/** What a recipient's phone shows as the sender. A short code belongs to one country; names and numbers are known everywhere. */
export interface Sender {
  kind: 'name' | 'number' | 'short_code';
  /** As it is sent: names as they are written, numbers as digits. */
  text: string;
}

/** Of GSM 03.38 only what stands at the same place in ASCII: networks take a sender for either, and rewrite what differs. */
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 ._&-]{1,11}$/;
const SHORT_CODE = /^\d{3,8}$/;
const NUMBER = /^\+?\d{9,15}$/;

/** Reads a name of at most 11 characters with a letter among them, a number in E.164, or a short code. Null for anything else. */
export function readSender(text: string): Sender | null {
  if (text !== text.trim()) return null;
  if (NAME.test(text)) return { kind: 'name', text };
  if (SHORT_CODE.test(text)) return { kind: 'short_code', text };
  if (!NUMBER.test(text)) return null;
  const number = parseMsisdn(text.startsWith('+') ? text : `+${text}`);
  return number.ok ? { kind: 'number', text: number.digits } : null;
}

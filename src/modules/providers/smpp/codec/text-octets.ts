import { decodeGsm7, writeGsm7 } from '../../../../kernel/gsm7.js';
import type { Encoding } from '../../sms-provider.js';

/** Octets that {@link writeText} needs at most. */
export const maxOctets = (text: string): number => text.length * 2;

/**
 * Writes `text` at `offset` as it travels in `short_message`: GSM-7 with one septet per octet, or UCS-2 (in truth UTF-16)
 * big-endian. Returns the octets written, or -1 when a character is not in the alphabet.
 */
export function writeText(encoding: Encoding, text: string, target: Buffer, offset: number): number {
  return encoding === 'gsm7' ? writeGsm7(text, target, offset) : writeUcs2(text, target, offset);
}

function writeUcs2(text: string, target: Buffer, offset: number): number {
  const octets = target.write(text, offset, 'utf16le');
  target.subarray(offset, offset + octets).swap16();
  return octets;
}

/** Replaces half surrogate pairs, which no database would take. */
const UTF16 = new TextDecoder('utf-16be');

/**
 * The text of an incoming message. `smscAlphabet` is what data_coding 0 means at this peer; 8-bit data is shown byte by
 * byte. The result is well-formed, so that it can be stored as UTF-8.
 */
export function readText(octets: Buffer, dataCoding: number, smscAlphabet: 'gsm7' | 'latin1'): string {
  if (dataCoding === 0) return smscAlphabet === 'gsm7' ? decodeGsm7(octets) : octets.toString('latin1');
  if (isUcs2(dataCoding)) return UTF16.decode(octets.subarray(0, octets.length & ~1));
  return (dataCoding & 0xf4) === 0xf0 ? decodeGsm7(octets) : octets.toString('latin1');
}

/** 8, and the general groups of GSM 03.38 (flash, compressed) with the UCS-2 bits set. */
function isUcs2(dataCoding: number): boolean {
  return (dataCoding < 0x80 && (dataCoding & 0x0c) === 0x08) || (dataCoding & 0xf0) === 0xe0;
}

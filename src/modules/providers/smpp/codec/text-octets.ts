import type { Encoding } from '../../sms-provider.js';

/** GSM 03.38 by septet value; 0x1b leads into the extension table. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION: Record<number, string> = {
  0x0a: '\f',
  0x14: '^',
  0x28: '{',
  0x29: '}',
  0x2f: '\\',
  0x3c: '[',
  0x3d: '~',
  0x3e: ']',
  0x40: '|',
  0x65: '€',
};
const ESCAPE = 0x1b;
const UNKNOWN = 0xff;
const EXTENDED = 0x80;

/** Septet by UTF-16 unit up to the euro sign; characters of the extension table carry the {@link EXTENDED} bit. */
const SEPTETS = new Uint8Array(0x20ad).fill(UNKNOWN);
for (let septet = 0; septet < BASIC.length; septet++) if (septet !== ESCAPE) SEPTETS[BASIC.charCodeAt(septet)] = septet;
for (const [septet, character] of Object.entries(EXTENSION))
  SEPTETS[character.charCodeAt(0)] = Number(septet) | EXTENDED;

/**
 * Writes `text` at `offset` as it travels in `short_message`: GSM-7 with one septet per octet, or UCS-2 (in truth UTF-16)
 * big-endian. Returns the octets written, or -1 when a character is not in the alphabet; two octets per UTF-16 unit must fit.
 */
export function writeText(encoding: Encoding, text: string, target: Buffer, offset: number): number {
  return encoding === 'gsm7' ? writeGsm7(text, target, offset) : writeUcs2(text, target, offset);
}

/** Octets that {@link writeText} needs at most. */
export const maxOctets = (text: string): number => text.length * 2;

function writeGsm7(text: string, target: Buffer, start: number): number {
  let offset = start;
  for (let index = 0; index < text.length; index++) {
    const septet = SEPTETS[text.charCodeAt(index)] ?? UNKNOWN;
    if (septet === UNKNOWN) return -1;
    if (septet & EXTENDED) target[offset++] = ESCAPE;
    target[offset++] = septet & 0x7f;
  }
  return offset - start;
}

function writeUcs2(text: string, target: Buffer, offset: number): number {
  const octets = target.write(text, offset, 'utf16le');
  target.subarray(offset, offset + octets).swap16();
  return octets;
}

/** Reads one septet per octet; what no table holds becomes a space, as GSM 03.38 asks. */
export function readGsm7(octets: Buffer): string {
  let text = '';
  for (let index = 0; index < octets.length; index++) {
    const septet = octets[index]!;
    if (septet !== ESCAPE) text += BASIC[septet] ?? ' ';
    else if (index + 1 < octets.length) {
      const next = octets[++index]!;
      text += EXTENSION[next] ?? BASIC[next] ?? ' ';
    }
  }
  return text;
}

/**
 * The text of an incoming message. `smscAlphabet` is what data_coding 0 means at this peer; 8-bit data is shown byte by
 * byte. The result is well-formed, so that it can be stored as UTF-8.
 */
export function readText(octets: Buffer, dataCoding: number, smscAlphabet: 'gsm7' | 'latin1'): string {
  if (dataCoding === 0) return smscAlphabet === 'gsm7' ? readGsm7(octets) : octets.toString('latin1');
  if (isUcs2(dataCoding)) return UTF16.decode(octets.subarray(0, octets.length & ~1));
  return (dataCoding & 0xf4) === 0xf0 ? readGsm7(octets) : octets.toString('latin1');
}

/** Replaces half surrogate pairs, which no database would take. */
const UTF16 = new TextDecoder('utf-16be');

/** 8, and the general groups of GSM 03.38 (flash, compressed) with the UCS-2 bits set. */
function isUcs2(dataCoding: number): boolean {
  return (dataCoding < 0x80 && (dataCoding & 0x0c) === 0x08) || (dataCoding & 0xf0) === 0xe0;
}

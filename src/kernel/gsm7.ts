/**
 * GSM 03.38 default alphabet: index = septet. 127 characters and, at 0x1B, the escape to the extension table, which is not a
 * character that a text can hold. One table for counting and for the wire, so that the two cannot disagree.
 */
export const GSM7_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';

const ESCAPE = 0x1b;

/** The extension table: each of these is sent as escape + septet, costs two and is never split. */
export const GSM7_EXTENSION: Readonly<Record<string, number>> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};

/** Septets that a UTF-16 unit costs: 1, 2, or 0 when it is not in the alphabet. */
const COST = new Uint8Array(0x10000);
/** Septet of a unit in its table. */
const SEPTET = new Uint8Array(0x10000);

for (let septet = 0; septet < GSM7_BASIC.length; septet++) {
  if (septet === ESCAPE) continue;
  COST[GSM7_BASIC.charCodeAt(septet)] = 1;
  SEPTET[GSM7_BASIC.charCodeAt(septet)] = septet;
}
for (const [character, septet] of Object.entries(GSM7_EXTENSION)) {
  COST[character.charCodeAt(0)] = 2;
  SEPTET[character.charCodeAt(0)] = septet;
}

/** 1 or 2 septets, or 0: the unit forces UCS-2. */
export function septetsOf(unit: number): number {
  return COST[unit]!;
}

/** Octets of a GSM-7 text with one septet per octet, as SMPP carries it. Null when a character is not in the alphabet. */
export function encodeGsm7(text: string): Uint8Array | null {
  const octets = new Uint8Array(text.length * 2);
  const length = writeGsm7(text, octets, 0);
  return length < 0 ? null : octets.subarray(0, length);
}

/**
 * The same, straight into `target`, which must hold two octets per UTF-16 unit from `offset` on. Returns the octets written,
 * or -1 when a character is not in the alphabet.
 */
export function writeGsm7(text: string, target: Uint8Array, offset: number): number {
  let end = offset;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const cost = COST[unit]!;
    if (cost === 0) return -1;
    if (cost === 2) target[end++] = ESCAPE;
    target[end++] = SEPTET[unit]!;
  }
  return end - offset;
}

const EXTENSION_BY_SEPTET = new Map(Object.entries(GSM7_EXTENSION).map(([character, septet]) => [septet, character]));

/**
 * The text of unpacked septets. As the specification asks of receivers, an unknown extension septet is read from the basic
 * table, and an escape at the end is a blank.
 */
export function decodeGsm7(octets: Uint8Array): string {
  let text = '';
  for (let index = 0; index < octets.length; index++) {
    const septet = octets[index]! & 0x7f;
    if (septet !== ESCAPE) {
      text += GSM7_BASIC[septet]!;
      continue;
    }
    const escaped = octets[++index];
    if (escaped === undefined || (escaped & 0x7f) === ESCAPE) text += ' ';
    else text += EXTENSION_BY_SEPTET.get(escaped & 0x7f) ?? GSM7_BASIC[escaped & 0x7f]!;
  }
  return text;
}

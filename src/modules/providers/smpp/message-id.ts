/**
 * How the ids of submit answers and of delivery reports compare at a provider:
 * `exact`; `hex_to_dec`: answers are hexadecimal, reports decimal; `dec_to_hex`: the other way round;
 * `strip_leading_zeros`: one of the two drops them.
 */
export const MESSAGE_ID_MODES = ['exact', 'hex_to_dec', 'dec_to_hex', 'strip_leading_zeros'] as const;
export type MessageIdMode = (typeof MESSAGE_ID_MODES)[number];

/**
 * The one spelling under which an id is stored and looked up: both sides of a pair give the same string. In the two
 * numeric modes that is the decimal number (ids reach 19 digits and more, past 2^53). An id that is not a number of its side
 * is taken as it is: a wrong mode must not make ids collide.
 */
export function canonicalMessageId(mode: MessageIdMode, side: 'answer' | 'report', id: string): string {
  const text = clean(id);
  if (mode === 'exact') return text;
  if (mode === 'strip_leading_zeros') return text.replace(/^0+(?=.)/, '');
  const isHex = (mode === 'hex_to_dec') === (side === 'answer');
  return isHex ? fromHex(text) : fromDecimal(text);
}

/**
 * The canonical id as answers spell it, which is what the peer knows its message by. Where the mode compares numbers the peer's case and
 * leading zeros are gone: capitals without zeros are the best guess, and a peer that compares texts will not know it.
 */
export function answeredMessageId(mode: MessageIdMode, canonical: string): string {
  if (mode !== 'hex_to_dec' || !/^[0-9]+$/.test(canonical)) return canonical;
  return BigInt(canonical).toString(16).toUpperCase();
}

/** Ids are opaque, but what cannot be stored as text cannot be an id: zeros and other control characters go. */
function clean(id: string): string {
  // oxlint-disable-next-line no-control-regex
  return /^[!-~]*$/.test(id) ? id : id.replace(/[\u0000-\u001f\u007f]/g, '').trim();
}

function fromHex(text: string): string {
  const digits = text.replace(/^0x/i, '');
  if (!/^[0-9a-f]+$/i.test(digits)) return text;
  return digits.length <= 12 ? String(Number.parseInt(digits, 16)) : BigInt(`0x${digits}`).toString();
}

function fromDecimal(text: string): string {
  return /^[0-9]+$/.test(text) ? text.replace(/^0+(?=.)/, '') : text;
}

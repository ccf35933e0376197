/** Which part of which message an incoming part is. */
export interface Concatenation {
  reference: number;
  partsTotal: number;
  partNo: number;
}

/** Octets of the header that {@link writeConcatenation} writes, its own length octet included. */
export const headerOctets = (bits: 8 | 16): number => (bits === 8 ? 6 : 7);

/** Writes the concatenation header (GSM 03.40, 9.2.3.24.1 and 24.8) and returns its octets; the reference's low bits are used. */
export function writeConcatenation(bits: 8 | 16, part: Concatenation, target: Buffer, offset: number): number {
  let at = offset;
  target[at++] = bits === 8 ? 5 : 6;
  target[at++] = bits === 8 ? 0x00 : 0x08;
  target[at++] = bits === 8 ? 3 : 4;
  if (bits === 16) target[at++] = (part.reference >>> 8) & 0xff;
  target[at++] = part.reference & 0xff;
  target[at++] = part.partsTotal;
  target[at++] = part.partNo;
  return at - offset;
}

/** Splits what carries a header into header and text. A header longer than its message leaves no text and no concatenation. */
export function readHeader(content: Buffer): { concatenation: Concatenation | null; text: Buffer } {
  const end = (content[0] ?? 0) + 1;
  if (end > content.length) return { concatenation: null, text: content.subarray(content.length) };
  return { concatenation: findConcatenation(content.subarray(1, end)), text: content.subarray(end) };
}

function findConcatenation(elements: Buffer): Concatenation | null {
  let offset = 0;
  while (offset + 2 <= elements.length) {
    const [identifier, length] = [elements[offset]!, elements[offset + 1]!];
    const data = elements.subarray(offset + 2, offset + 2 + length);
    if (data.length < length) return null;
    if (identifier === 0x00 && length === 3) return { reference: data[0]!, partsTotal: data[1]!, partNo: data[2]! };
    if (identifier === 0x08 && length === 4)
      return { reference: data.readUInt16BE(0), partsTotal: data[2]!, partNo: data[3]! };
    offset += 2 + length;
  }
  return null;
}

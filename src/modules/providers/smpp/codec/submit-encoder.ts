import type { Encoding, OutboundPart, Submission } from '../../sms-provider.js';
import type { AddressKind, SmppSettings } from '../smpp-settings.js';
import type { PduWriter } from './pdu-writer.js';
import { Command, EsmClass, MAX_SHORT_MESSAGE_BYTES, Status, Tag } from './protocol.js';
import { maxOctets, writeText } from './text-octets.js';
import { headerOctets, writeConcatenation } from './user-data-header.js';

/** Why a part cannot be written for this provider, whatever is tried. */
export type EncodingRefusal = 'invalid_recipient' | 'invalid_sender' | 'not_encodable' | 'part_too_long';

const FIXED_FIELDS_BYTES = 128;
const UDH_BITS = { udh8: 8, udh16: 16, sar: 0, payload: 0 } as const;
/** Octets of user data in one short message over the air. */
const AIR_OCTETS = 140;

/** Writes submit_sm for one provider's settings. Stateless but for a cache of senders. */
export class SubmitEncoder {
  private readonly sourceKinds = new Map<string, AddressKind | null>();

  constructor(private readonly settings: SmppSettings) {}

  /** Writes the whole PDU for one part, or nothing and says why not. */
  write(
    writer: PduWriter,
    sequence: number,
    message: Submission,
    part: OutboundPart,
    now: Date,
  ): EncodingRefusal | null {
    if (!/^\d{1,20}$/.test(message.to)) return 'invalid_recipient';
    const source = this.sourceKind(message.sender);
    if (!source) return 'invalid_sender';

    const { settings } = this;
    const isPart = part.partsTotal > 1;
    const udhBits = isPart ? UDH_BITS[settings.concatenation] : 0;
    writer.begin(Command.submitSm, Status.ok, sequence, FIXED_FIELDS_BYTES + maxOctets(part.text));
    writer.cString(settings.serviceType);
    writeAddress(writer, source, message.sender);
    writeAddress(writer, settings.destination, message.to);
    writer.uint8(udhBits ? EsmClass.udhIndicator : 0);
    writer.uint8(0); // protocol_id
    writer.uint8(0); // priority_flag
    writer.uint8(0); // schedule_delivery_time
    writer.cString(validityPeriod(settings.validity, message.validUntil, now));
    writer.uint8(1); // registered_delivery
    writer.uint8(0); // replace_if_present_flag
    writer.uint8(message.encoding === 'gsm7' ? settings.gsm7DataCoding : settings.ucs2DataCoding);
    writer.uint8(0); // sm_default_msg_id
    const refusal =
      settings.concatenation === 'payload'
        ? writePayload(writer, message.encoding, part.text)
        : writeShortMessage(writer, message, part, udhBits);
    if (refusal) {
      writer.abandon();
      return refusal;
    }
    if (isPart && settings.concatenation === 'sar') writeSar(writer, message.concatReference, part);
    writer.end();
    return null;
  }

  private sourceKind(sender: string): AddressKind | null {
    let kind = this.sourceKinds.get(sender);
    if (kind === undefined) {
      kind = sourceKindOf(sender, this.settings);
      if (this.sourceKinds.size >= 1000) this.sourceKinds.clear();
      this.sourceKinds.set(sender, kind);
    }
    return kind;
  }
}

/** Digits are a number or, when there are few, a short code; anything else is a name of up to 11 GSM characters. */
export function sourceKindOf(sender: string, settings: SmppSettings): AddressKind | null {
  if (/^\d{1,20}$/.test(sender))
    return sender.length <= settings.shortCodeDigits ? settings.shortSource : settings.numericSource;
  return /^[ -~]{1,11}$/.test(sender) ? settings.alphanumericSource : null;
}

function writeAddress(writer: PduWriter, kind: AddressKind, address: string): void {
  writer.uint8(kind.ton);
  writer.uint8(kind.npi);
  writer.cString(address);
}

function writeShortMessage(
  writer: PduWriter,
  { encoding, concatReference }: Submission,
  part: OutboundPart,
  udhBits: 0 | 8 | 16,
): EncodingRefusal | null {
  const lengthAt = writer.mark(1);
  let header = 0;
  if (udhBits) {
    const concatenation = { reference: concatReference, partsTotal: part.partsTotal, partNo: part.partNo };
    header = writer.text((chunk, offset) => writeConcatenation(udhBits, concatenation, chunk, offset));
  }
  const octets = writer.text((chunk, offset) => writeText(encoding, part.text, chunk, offset));
  if (octets < 0) return 'not_encodable';
  if (header + octets > MAX_SHORT_MESSAGE_BYTES || !fitsTheAir(encoding, header, octets)) return 'part_too_long';
  writer.patchUint8(lengthAt, header + octets);
  return null;
}

/** A part that the SMSC would have to cut again would arrive as two messages, or not at all. */
function fitsTheAir(encoding: Encoding, headerLength: number, octets: number): boolean {
  if (encoding === 'ucs2') return headerLength + octets <= AIR_OCTETS;
  return octets <= Math.floor(((AIR_OCTETS - headerLength) * 8) / 7);
}

function writePayload(writer: PduWriter, encoding: Encoding, text: string): EncodingRefusal | null {
  writer.uint8(0); // sm_length: the text is in the TLV
  writer.uint16(Tag.messagePayload);
  const lengthAt = writer.mark(2);
  const octets = writer.text((chunk, offset) => writeText(encoding, text, chunk, offset));
  if (octets < 0) return 'not_encodable';
  if (octets > 0xffff) return 'part_too_long';
  writer.patchUint16(lengthAt, octets);
  return null;
}

function writeSar(writer: PduWriter, reference: number, part: OutboundPart): void {
  writer.tag(Tag.sarReference, 2);
  writer.uint16(reference & 0xffff);
  writer.tag(Tag.sarTotal, 1);
  writer.uint8(part.partsTotal);
  writer.tag(Tag.sarPart, 1);
  writer.uint8(part.partNo);
}

/** Units that one part of several may hold so that it fits the air with this provider's header. */
export function maxPartUnits(concatenation: SmppSettings['concatenation']): Record<Encoding, number> {
  const header = headerOctets(concatenation === 'udh16' ? 16 : 8);
  return { gsm7: Math.floor(((AIR_OCTETS - header) * 8) / 7), ucs2: Math.floor((AIR_OCTETS - header) / 2) };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** SMPP 3.4, 7.1.1. Absolute times are UTC with tenths of a second; relative ones are rounded down, at least a second. */
export function validityPeriod(format: SmppSettings['validity'], until: Date | null, now: Date): string {
  if (!until || format === 'none') return '';
  if (format === 'absolute') {
    const iso = until.toISOString();
    const digits = iso.slice(2, 19).replace(/\D/g, '');
    return `${digits}${iso[20]}00+`;
  }
  const seconds = Math.min(Math.max(1, Math.floor((until.getTime() - now.getTime()) / 1000)), 99 * 86_400);
  const days = Math.floor(seconds / 86_400);
  const [hour, minute, second] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return `0000${two(days)}${two(hour)}${two(minute)}${two(second)}000R`;
}

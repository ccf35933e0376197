import type { InboundMessage, ProviderReport } from '../sms-provider.js';
import type { ShortMessage } from './codec/pdu-reader.js';
import { EsmClass } from './codec/protocol.js';
import { readText } from './codec/text-octets.js';
import { readHeader } from './codec/user-data-header.js';
import { canonicalMessageId } from './message-id.js';
import { parseReceiptText, statusOfState } from './receipt.js';
import type { SmppSettings } from './smpp-settings.js';
import { WallClockZone } from './wall-clock-zone.js';

/** Reads what a peer delivers, as this provider means it. */
export class DeliveryReader {
  private readonly zone: WallClockZone;

  constructor(private readonly settings: SmppSettings) {
    this.zone = new WallClockZone(settings.receiptZone);
  }

  /** A receipt or intermediate note by its esm_class, or by carrying the id of what it reports on. */
  isReport(message: ShortMessage): boolean {
    const type = message.esmClass & EsmClass.typeMask;
    return type === EsmClass.receipt || type === EsmClass.intermediate || message.receiptedMessageId !== null;
  }

  readReport(message: ShortMessage, receivedAt: Date): ProviderReport {
    const content = message.esmClass & EsmClass.udhIndicator ? readHeader(message.content).text : message.content;
    // Receipts are ASCII, whatever the peer's alphabet: read as GSM-7, an id with an underscore would be another one.
    const text = readText(content, message.dataCoding, 'latin1');
    const fields = parseReceiptText(text);
    const byState = message.messageState === null ? null : statusOfState(message.messageState);
    const status = byState ?? fields.status ?? 'unknown';
    const id = message.receiptedMessageId || fields.id || '';
    const errorCode = fields.errorCode ?? networkError(message.networkErrorCode);
    return {
      providerMessageId: canonicalMessageId(this.settings.messageId, 'report', id),
      status,
      intermediate: (message.esmClass & EsmClass.typeMask) === EsmClass.intermediate || status === 'submitted',
      errorCode,
      ...(errorCode !== null && this.settings.optOutErrors.includes(errorCode) && { optedOut: true as const }),
      doneAt: this.zone.read(fields.doneDate),
      receivedAt,
      from: message.destination,
      to: message.source,
      raw: rawReport(message, text),
    };
  }

  readInbound(message: ShortMessage, receivedAt: Date): InboundMessage {
    const hasHeader = (message.esmClass & EsmClass.udhIndicator) !== 0;
    const { concatenation, text } = hasHeader
      ? readHeader(message.content)
      : { concatenation: message.sar, text: message.content };
    return {
      from: message.source,
      to: message.destination,
      text: readText(text, message.dataCoding, this.settings.smscAlphabet),
      receivedAt,
      ...(concatenation ? { concat: concatenation } : {}),
    };
  }
}

/** Type of network and its error, as in `3:21`. */
function networkError(bytes: Buffer | null): string | null {
  if (!bytes) return null;
  const code = bytes.readUInt16BE(1);
  return code === 0 ? null : `${bytes[0]}:${code}`;
}

/** The text as it came with the TLVs behind it; zeros, which no database stores in a text, are shown as spaces. */
function rawReport(message: ShortMessage, text: string): string {
  let raw = text;
  if (message.receiptedMessageId !== null) raw += ` | receipted_message_id=${message.receiptedMessageId}`;
  if (message.messageState !== null) raw += ` | message_state=${message.messageState}`;
  if (message.networkErrorCode !== null) raw += ` | network_error_code=${message.networkErrorCode.toString('hex')}`;
  return raw.includes('\0') ? raw.replaceAll('\0', ' ') : raw;
}

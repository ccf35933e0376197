import { Command, HEADER_BYTES, Tag } from './protocol.js';

/** The frame's body is not what its command says; the stream itself is still in step. */
export class MalformedPdu extends Error {
  constructor(command: number) {
    super(`the body of command 0x${command.toString(16).padStart(8, '0')} is cut short`);
    this.name = 'MalformedPdu';
  }
}

/** A frame's header. */
export const commandOf = (frame: Buffer): number => frame.readUInt32BE(4);
export const statusOf = (frame: Buffer): number => frame.readUInt32BE(8);
export const sequenceOf = (frame: Buffer): number => frame.readUInt32BE(12);

/** What deliver_sm, data_sm and submit_sm share, as far as anybody here reads it. */
export interface ShortMessage {
  sourceTon: number;
  sourceNpi: number;
  source: string;
  destinationTon: number;
  destinationNpi: number;
  destination: string;
  esmClass: number;
  dataCoding: number;
  /** `short_message`, or `message_payload` where that is used instead. A view of the frame: do not keep it. */
  content: Buffer;
  receiptedMessageId: string | null;
  messageState: number | null;
  networkErrorCode: Buffer | null;
  sar: { reference: number; partsTotal: number; partNo: number } | null;
}

/** What query_sm_resp says of a message, 4.8.2. */
export interface QueriedState {
  messageId: string;
  /** As written; empty while there is no final state. */
  finalDate: string;
  /** message_state, 5.2.28. */
  state: number;
  /** Of the network; 0: none. */
  errorCode: number;
}

/** Reads a body front to back; every step checks the end, so a short frame is an error and never a wrong value. */
class BodyReader {
  private offset = HEADER_BYTES;

  constructor(private readonly frame: Buffer) {}

  get rest(): number {
    return this.frame.length - this.offset;
  }

  uint8(): number {
    if (this.rest < 1) throw new MalformedPdu(commandOf(this.frame));
    return this.frame[this.offset++]!;
  }

  uint16(): number {
    return (this.uint8() << 8) | this.uint8();
  }

  skipCString(): void {
    const end = this.frame.indexOf(0, this.offset);
    if (end < 0) throw new MalformedPdu(commandOf(this.frame));
    this.offset = end + 1;
  }

  cString(): string {
    const end = this.frame.indexOf(0, this.offset);
    if (end < 0) throw new MalformedPdu(commandOf(this.frame));
    const text = this.frame.toString('latin1', this.offset, end);
    this.offset = end + 1;
    return text;
  }

  bytes(length: number): Buffer {
    if (this.rest < length) throw new MalformedPdu(commandOf(this.frame));
    const bytes = this.frame.subarray(this.offset, this.offset + length);
    this.offset += length;
    return bytes;
  }
}

/** Up to the first zero: peers end a string TLV with one, or with several, or with none. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

/** The message id of a submit_sm_resp. A refusal may come without a body, and some peers leave the closing zero away. */
export function readMessageId(frame: Buffer): string {
  return textOf(frame.subarray(HEADER_BYTES));
}

/** The peer's system id in a bind answer; empty where it sends none. */
export const readSystemId = readMessageId;

/** Reads a query_sm_resp of success; a refusal may come without a body. @throws MalformedPdu */
export function readQueriedState(frame: Buffer): QueriedState {
  const body = new BodyReader(frame);
  return { messageId: body.cString(), finalDate: body.cString(), state: body.uint8(), errorCode: body.uint8() };
}

/** Reads submit_sm, deliver_sm or data_sm. @throws MalformedPdu */
export function readShortMessage(frame: Buffer): ShortMessage {
  const body = new BodyReader(frame);
  const isData = commandOf(frame) === Command.dataSm;
  body.skipCString(); // service_type
  const message: ShortMessage = {
    sourceTon: body.uint8(),
    sourceNpi: body.uint8(),
    source: body.cString(),
    destinationTon: body.uint8(),
    destinationNpi: body.uint8(),
    destination: body.cString(),
    esmClass: body.uint8(),
    dataCoding: 0,
    content: frame.subarray(0, 0),
    receiptedMessageId: null,
    messageState: null,
    networkErrorCode: null,
    sar: null,
  };
  if (!isData) {
    body.bytes(2); // protocol_id, priority_flag
    body.skipCString(); // schedule_delivery_time
    body.skipCString(); // validity_period
  }
  body.uint8(); // registered_delivery
  if (!isData) body.uint8(); // replace_if_present_flag
  message.dataCoding = body.uint8();
  if (!isData) {
    body.uint8(); // sm_default_msg_id
    message.content = body.bytes(body.uint8());
  }
  readOptional(body, message);
  return message;
}

/** Optional parameters end where they stop making sense: junk behind a good body is no reason to lose a report. */
function readOptional(body: BodyReader, message: ShortMessage): void {
  const sar = { reference: -1, partsTotal: 0, partNo: 0 };
  while (body.rest >= 4) {
    const tag = body.uint16();
    const length = body.uint16();
    if (length > body.rest) break;
    const value = body.bytes(length);
    if (tag === Tag.receiptedMessageId) message.receiptedMessageId = textOf(value);
    else if (tag === Tag.messageState && length === 1) message.messageState = value[0]!;
    else if (tag === Tag.networkErrorCode && length === 3) message.networkErrorCode = value;
    else if (tag === Tag.messagePayload && message.content.length === 0) message.content = value;
    else if (tag === Tag.sarReference && length === 2) sar.reference = value.readUInt16BE(0);
    else if (tag === Tag.sarTotal && length === 1) sar.partsTotal = value[0]!;
    else if (tag === Tag.sarPart && length === 1) sar.partNo = value[0]!;
  }
  if (sar.reference >= 0 && sar.partsTotal > 0 && sar.partNo > 0) message.sar = sar;
}

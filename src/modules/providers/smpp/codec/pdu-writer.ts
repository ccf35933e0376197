import { Command, HEADER_BYTES, RESPONSE_BIT, Status } from './protocol.js';

const CHUNK_BYTES = 64 * 1024;

/**
 * Writes PDUs one behind the other into a chunk of memory, so that a batch costs one allocation and one write to the
 * socket. What {@link take} returned is never written to again; a full chunk is left to whoever still holds it.
 */
export class PduWriter {
  private chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private takenTo = 0;
  private offset = 0;
  private pduAt = 0;

  /** Bytes that {@link take} would return. */
  get length(): number {
    return this.offset - this.takenTo;
  }

  /** Starts a PDU; `bodyBytes` is an upper bound of what follows until {@link end}. */
  begin(command: number, status: number, sequence: number, bodyBytes: number): void {
    this.reserve(HEADER_BYTES + bodyBytes);
    this.pduAt = this.offset;
    this.chunk.writeUInt32BE(command >>> 0, this.offset + 4);
    this.chunk.writeUInt32BE(status >>> 0, this.offset + 8);
    this.chunk.writeUInt32BE(sequence, this.offset + 12);
    this.offset += HEADER_BYTES;
  }

  end(): void {
    this.chunk.writeUInt32BE(this.offset - this.pduAt, this.pduAt);
  }

  /** Forgets the PDU that was begun, as if it had never been. */
  abandon(): void {
    this.offset = this.pduAt;
  }

  uint8(value: number): void {
    this.chunk[this.offset++] = value;
  }

  /** A C-octet string: the low eight bits of each character, then a zero. */
  cString(text: string): void {
    this.offset += this.chunk.write(text, this.offset, 'latin1');
    this.chunk[this.offset++] = 0;
  }

  tag(tag: number, length: number): void {
    this.uint16(tag);
    this.uint16(length);
  }

  uint16(value: number): void {
    this.chunk[this.offset++] = (value >>> 8) & 0xff;
    this.chunk[this.offset++] = value & 0xff;
  }

  /** Lets `fill` write text straight into the chunk; it returns the bytes it used, or -1 when it could not. */
  text(fill: (chunk: Buffer, offset: number) => number): number {
    const bytes = fill(this.chunk, this.offset);
    if (bytes > 0) this.offset += bytes;
    return bytes;
  }

  /** A place for a length that is only known later; set it with {@link patchUint8} or {@link patchUint16}. */
  mark(bytes: number): number {
    const at = this.offset;
    this.offset += bytes;
    return at;
  }

  patchUint8(at: number, value: number): void {
    this.chunk[at] = value;
  }

  patchUint16(at: number, value: number): void {
    this.chunk.writeUInt16BE(value, at);
  }

  /** A PDU without a body: enquire_link, unbind, generic_nack and their answers. */
  bare(command: number, status: number, sequence: number): void {
    this.begin(command, status, sequence, 0);
    this.end();
  }

  /** deliver_sm_resp and data_sm_resp: the message id in them is unused and empty. */
  deliverAnswer(command: number, status: number, sequence: number): void {
    this.begin(command + RESPONSE_BIT, status, sequence, 1);
    this.uint8(0);
    this.end();
  }

  /** query_sm, 4.8.1. Of the source address, which would narrow the question, nothing is said. */
  query(sequence: number, messageId: string): void {
    this.begin(Command.querySm, Status.ok, sequence, messageId.length + 4);
    this.cString(messageId);
    this.uint8(0); // source_addr_ton
    this.uint8(0); // source_addr_npi
    this.cString(''); // source_addr
    this.end();
  }

  /** Everything written since the last call, for one write to the socket. */
  take(): Buffer {
    const taken = this.chunk.subarray(this.takenTo, this.offset);
    this.takenTo = this.offset;
    return taken;
  }

  private reserve(bytes: number): void {
    if (this.offset + bytes <= this.chunk.length) return;
    const rest = this.chunk.subarray(this.takenTo, this.offset);
    const fresh = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, (rest.length + bytes) * 2));
    rest.copy(fresh);
    this.chunk = fresh;
    this.takenTo = 0;
    this.offset = rest.length;
  }
}

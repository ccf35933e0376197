import { HEADER_BYTES } from './protocol.js';

/** The stream can no longer be cut into PDUs: the session has to be closed. */
export class FramingError extends Error {
  constructor(readonly length: number) {
    super(`command_length ${length} cannot be`);
    this.name = 'FramingError';
  }
}

/**
 * Cuts a TCP stream into PDUs, whatever its chunks look like. A frame that lies within a chunk is handed over without
 * copying, so nobody may keep it beyond the callback. Work and memory are linear in what arrives: a peer that sends byte by
 * byte makes it collect pieces, not copy them again and again.
 */
export class FrameDecoder {
  private pieces: Buffer[] = [];
  private held = 0;
  /** Bytes needed before anything can be cut: the length field, then the whole PDU. */
  private needed = 4;

  constructor(private readonly maxBytes: number) {}

  /** @throws FramingError for a length below the header or above the maximum; the decoder is of no use afterwards. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    if (this.held + chunk.length < this.needed) return this.hold(chunk);
    let buffer = chunk;
    if (this.held > 0) {
      this.pieces.push(chunk);
      buffer = Buffer.concat(this.pieces);
      this.pieces = [];
      this.held = 0;
    }
    let offset = 0;
    while (buffer.length - offset >= 4) {
      const length = buffer.readUInt32BE(offset);
      if (length < HEADER_BYTES || length > this.maxBytes) throw new FramingError(length);
      if (buffer.length - offset < length) break;
      onFrame(buffer.subarray(offset, offset + length));
      offset += length;
    }
    this.needed = buffer.length - offset >= 4 ? buffer.readUInt32BE(offset) : 4;
    if (offset < buffer.length) this.hold(buffer.subarray(offset));
  }

  private hold(piece: Buffer): void {
    this.pieces.push(piece);
    this.held += piece.length;
  }
}

import smpp, { type PDU, type Session } from 'smpp';
import { encodeReceipt, type Receipt } from './receipt-pdu.js';

const SUBMIT_SM_RESP = 0x80000004;

/**
 * One session of the `smpp` package, which reads and encodes; writing is done here, since the package hands every PDU to the
 * socket by itself. What is sent in one turn leaves in one write. Deliveries always end.
 */
export class OperatorSession {
  private readonly deliveries = new Map<number, (status: number | null) => void>();
  private outgoing: Buffer[] = [];
  private sequence = 0;
  private closed = false;
  /** Whose session it is; empty until it is bound. */
  systemId = '';

  constructor(
    readonly id: number,
    private readonly session: Session,
  ) {
    session.on('deliver_sm_resp', (pdu: PDU) => this.finish(pdu.sequence_number, pdu.command_status));
  }

  get openDeliveries(): number {
    return this.deliveries.size;
  }

  /** False when the peer is gone: it was not told. */
  send(pdu: PDU): boolean {
    return this.write(pdu.toBuffer());
  }

  /** submit_sm_resp is all header but for the id; the package would take ten times as long over it. */
  answerSubmit(sequence: number, status: number, messageId: string | null): boolean {
    const body = messageId === null ? 0 : messageId.length + 1;
    const pdu = Buffer.alloc(16 + body);
    pdu.writeUInt32BE(pdu.length, 0);
    pdu.writeUInt32BE(SUBMIT_SM_RESP, 4);
    pdu.writeUInt32BE(status, 8);
    pdu.writeUInt32BE(sequence, 12);
    if (messageId !== null) pdu.write(messageId, 16, 'latin1');
    return this.write(pdu);
  }

  /** `done` is called once: with the peer's status, or with null when it was not answered while the session lasted. */
  deliverReceipt(receipt: Receipt, done: (status: number | null) => void): void {
    const sequence = this.nextSequence();
    this.await(sequence, this.write(encodeReceipt(sequence, receipt)), done);
  }

  /** The same for a message from a phone, encoded by the package. */
  deliver(fields: Record<string, unknown>, done: (status: number | null) => void): void {
    const sequence = this.nextSequence();
    const pdu = new smpp.PDU('deliver_sm', { ...fields, sequence_number: sequence });
    this.await(sequence, this.send(pdu), done);
  }

  garbage(): void {
    this.session.socket.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
  }

  drop(): void {
    this.session.destroy();
  }

  /** Writes what is waiting, then closes. */
  close(): void {
    this.flush();
    this.session.close();
  }

  unbind(): void {
    this.session.unbind(() => this.session.close());
  }

  /** To be called when the socket is closed. */
  end(): void {
    this.closed = true;
    for (const sequence of this.deliveries.keys()) this.finish(sequence, null);
  }

  private nextSequence(): number {
    this.sequence = (this.sequence % 0x7fffffff) + 1;
    return this.sequence;
  }

  private await(sequence: number, isWritten: boolean, done: (status: number | null) => void): void {
    this.deliveries.set(sequence, done);
    if (!isWritten) setImmediate(() => this.finish(sequence, null));
  }

  private finish(sequence: number, status: number | null): void {
    const done = this.deliveries.get(sequence);
    if (this.deliveries.delete(sequence)) done!(status);
  }

  private write(pdu: Buffer): boolean {
    if (this.closed || !this.session.socket.writable) return false;
    if (this.outgoing.push(pdu) === 1) process.nextTick(() => this.flush());
    return true;
  }

  private flush(): void {
    const pdus = this.outgoing;
    this.outgoing = [];
    if (pdus.length > 0 && this.session.socket.writable) this.session.socket.write(Buffer.concat(pdus));
  }
}

import type { Socket } from 'node:net';
import { FrameDecoder, FramingError } from './codec/frame-decoder.js';
import {
  commandOf,
  MalformedPdu,
  readMessageId,
  readQueriedState,
  readShortMessage,
  sequenceOf,
  statusOf,
  type QueriedState,
  type ShortMessage,
} from './codec/pdu-reader.js';
import { PduWriter } from './codec/pdu-writer.js';
import { Command, INTERFACE_VERSION, RESPONSE_BIT, Status, statusCode } from './codec/protocol.js';
import type { EncodingRefusal, SubmitEncoder } from './codec/submit-encoder.js';
import type { SubmitRequest } from './part-request.js';
import { RequestWindow, type WindowRequest } from './request-window.js';
import { SequenceNumbers } from './sequence-numbers.js';
import type { SmppCredentials, SmppSettings } from './smpp-settings.js';

export type SessionRole = 'transceiver' | 'transmitter' | 'receiver';

/** Why a session is over; `bindStatus` where the peer refused the bind. */
export interface SessionEnd {
  code: string;
  detail: string;
  bindStatus?: number;
}

/** A deliver_sm or data_sm that the peer waits to hear about. */
export interface Delivery {
  message: ShortMessage;
  session: SmppSession;
  command: number;
  sequence: number;
}

export interface SessionHandlers {
  onBound(session: SmppSession): void;
  /** `delivery.message` is a view of a buffer that will be reused: read it before returning. */
  onDelivery(delivery: Delivery): void;
  /** The window has room, after it may have had none. */
  onCapacity(session: SmppSession): void;
  /** Called once; every submit has been settled before. */
  onClosed(session: SmppSession, end: SessionEnd): void;
}

const BIND_COMMANDS: Record<SessionRole, number> = {
  transceiver: Command.bindTransceiver,
  transmitter: Command.bindTransmitter,
  receiver: Command.bindReceiver,
};
/** No PDU of ours or of any SMSC comes near it: the largest holds a 64 KiB message_payload. */
const MAX_PDU_BYTES = 128 * 1024;
const UNBIND_TIMEOUT_MS = 2000;

/**
 * One TCP connection with one bind, from connecting to closed; never reused. It writes what it is given, matches answers,
 * keeps the link alive and, when it ends, settles everything that was open. Reconnecting is not its business.
 */
export class SmppSession {
  private readonly decoder = new FrameDecoder(MAX_PDU_BYTES);
  private readonly writer = new PduWriter();
  private readonly window: RequestWindow<string>;
  private readonly queries: RequestWindow<QueriedState | null>;
  private readonly onFrame = (frame: Buffer) => this.handle(frame);
  private phase: 'connecting' | 'binding' | 'bound' | 'unbinding' | 'closed' = 'connecting';
  private accepting = false;
  private readonly sequences = new SequenceNumbers();
  private readonly isTaken = (sequence: number) => this.window.has(sequence) || this.queries.has(sequence);
  private flushScheduled = false;
  private freed = false;
  private lastHeard = performance.now();
  private enquiredAt: number | null = null;
  /** Since when what we write is not read. */
  private blockedSince: number | null = null;
  private socketError: NodeJS.ErrnoException | null = null;
  private phaseTimer: NodeJS.Timeout | null = null;
  private aliveTimer: NodeJS.Timeout | null = null;
  private drainWaiters: (() => void)[] = [];
  private closing: Promise<void> | null = null;
  private readonly ended: Promise<void>;
  private tellEnded!: () => void;

  constructor(
    private readonly settings: SmppSettings,
    private readonly credentials: SmppCredentials,
    readonly role: SessionRole,
    private readonly socket: Socket,
    private readonly encoder: SubmitEncoder,
    private readonly handlers: SessionHandlers,
    private readonly now: () => Date,
  ) {
    this.window = new RequestWindow(settings.responseTimeoutMs, () => this.afterTimeouts());
    this.queries = new RequestWindow(settings.responseTimeoutMs, () => this.afterTimeouts());
    this.ended = new Promise((resolve) => (this.tellEnded = resolve));
    socket.setNoDelay(true);
    socket.once(settings.tls ? 'secureConnect' : 'connect', () => this.bind());
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('drain', () => handlers.onCapacity(this));
    socket.on('error', (error) => (this.socketError = error));
    socket.on('close', () => this.finish(this.socketEnd()));
    this.limitPhase(settings.connectTimeoutMs, 'connect_timeout');
  }

  get isBound(): boolean {
    return this.phase === 'bound' && this.accepting;
  }

  /** Submits. */
  get inFlight(): number {
    return this.window.size;
  }

  /** Requests that may be written now. */
  get freeSlots(): number {
    if (!this.isBound || this.role === 'receiver' || this.socket.writableNeedDrain || !this.socket.writable) return 0;
    return Math.max(0, this.settings.windowSize - this.window.size - this.queries.size);
  }

  /** Writes a part at the end of this turn of the event loop, together with whatever else is submitted in it. */
  submit(request: SubmitRequest): EncodingRefusal | null {
    const sequence = this.nextSequence();
    const refusal = this.encoder.write(this.writer, sequence, request.submission, request.part, this.now());
    if (refusal) return refusal;
    this.window.add(sequence, request);
    this.scheduleFlush();
    return null;
  }

  /** Asks for the state of a message, in a place of the window. Null as an answer: its body could not be read, or there was none. */
  query(messageId: string, request: WindowRequest<QueriedState | null>): void {
    const sequence = this.nextSequence();
    this.writer.query(sequence, messageId);
    this.queries.add(sequence, request);
    this.scheduleFlush();
  }

  /** Answers a delivery; nothing happens when the session is over, the peer will repeat it on the next one. */
  acknowledge(command: number, sequence: number, status: number): void {
    if (this.phase === 'closed') return;
    this.writer.deliverAnswer(command, status, sequence);
    this.scheduleFlush();
  }

  /** Takes nothing more; resolves when every submit has its answer, or the time is over. */
  drain(ms: number): Promise<void> {
    this.accepting = false;
    if (this.window.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.drainWaiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Unbinds and closes; what is still open is unknown. Never rejects. */
  close(): Promise<void> {
    this.closing ??= this.unbind();
    return this.closing;
  }

  /** Ends at once; what was written and not answered is unknown. */
  destroy(code: string, detail: string): void {
    this.finish({ code, detail });
  }

  private async unbind(): Promise<void> {
    this.accepting = false;
    if (this.phase === 'bound') {
      this.phase = 'unbinding';
      this.writer.bare(Command.unbind, Status.ok, this.nextSequence());
      this.scheduleFlush();
      this.limitPhase(Math.min(UNBIND_TIMEOUT_MS, this.settings.responseTimeoutMs), 'unbind_timeout');
    } else if (this.phase !== 'unbinding') {
      this.finish({ code: 'closed', detail: 'closed before it was bound' });
    }
    await this.ended;
  }

  private bind(): void {
    this.phase = 'binding';
    this.limitPhase(this.settings.bindTimeoutMs, 'bind_timeout');
    const { systemId, password } = this.credentials;
    this.writer.begin(BIND_COMMANDS[this.role], Status.ok, this.nextSequence(), 256);
    this.writer.cString(systemId);
    this.writer.cString(password);
    this.writer.cString(this.settings.systemType);
    this.writer.uint8(INTERFACE_VERSION);
    this.writer.uint8(0); // addr_ton
    this.writer.uint8(0); // addr_npi
    this.writer.cString(''); // address_range
    this.writer.end();
    this.flush();
  }

  private read(chunk: Buffer): void {
    this.lastHeard = performance.now();
    try {
      this.decoder.push(chunk, this.onFrame);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.finish({ code: 'framing_error', detail: error.message });
    }
    this.afterAnswers();
  }

  private handle(frame: Buffer): void {
    if (this.phase === 'closed') return;
    const command = commandOf(frame);
    const sequence = sequenceOf(frame);
    switch (command) {
      case Command.submitSm + RESPONSE_BIT:
        this.freed = true;
        return this.window.answer(sequence, statusOf(frame), readMessageId(frame));
      case Command.querySm + RESPONSE_BIT:
        this.freed = true;
        return this.queries.answer(sequence, statusOf(frame), queriedStateOf(frame));
      case Command.deliverSm:
      case Command.dataSm:
        return this.handleDelivery(frame, command, sequence);
      case Command.enquireLink:
        return this.reply(Command.enquireLink, sequence);
      case Command.unbind:
        return this.handleUnbind(sequence);
      case Command.unbind + RESPONSE_BIT:
        return this.finish({ code: 'unbound', detail: 'unbound by us' });
      case Command.genericNack:
        return this.handleNack(sequence, statusOf(frame));
      case BIND_COMMANDS[this.role] + RESPONSE_BIT:
        return this.handleBindAnswer(statusOf(frame));
      case Command.alertNotification:
      case Command.enquireLink + RESPONSE_BIT: // any octet is a sign of life, this one is no more than that
        return;
      default:
        if (command < RESPONSE_BIT) this.writer.bare(Command.genericNack, Status.invalidCommand, sequence);
        this.scheduleFlush();
    }
  }

  private handleBindAnswer(status: number): void {
    if (this.phase !== 'binding') return;
    if (status !== Status.ok)
      return this.finish({ code: statusCode(status), detail: 'the bind was refused', bindStatus: status });
    this.phase = 'bound';
    this.accepting = true;
    this.clearPhaseTimer();
    const { enquireLinkMs, responseTimeoutMs, inactivityMs } = this.settings;
    const tick = Math.max(5, Math.min(enquireLinkMs, responseTimeoutMs, inactivityMs) / 4);
    // When the process itself was busy for long, what the peer said lies unread in the socket: it is read before it is judged.
    this.aliveTimer = setInterval(() => setImmediate(() => this.keepAlive()), tick);
    this.handlers.onBound(this);
  }

  private handleDelivery(frame: Buffer, command: number, sequence: number): void {
    let message: ShortMessage;
    try {
      message = readShortMessage(frame);
    } catch (error) {
      if (!(error instanceof MalformedPdu)) throw error;
      this.writer.deliverAnswer(command, Status.invalidLength, sequence);
      return this.scheduleFlush();
    }
    this.handlers.onDelivery({ message, session: this, command, sequence });
  }

  private handleUnbind(sequence: number): void {
    this.reply(Command.unbind, sequence);
    this.accepting = false;
    this.phase = 'unbinding';
    const leave = () => this.finish({ code: 'unbound_by_peer', detail: 'the peer asked to unbind' });
    this.limitPhase(this.settings.responseTimeoutMs, 'unbound_by_peer');
    // In the next turn, so that the answer is written and answers behind the unbind are read.
    if (this.window.size === 0) setImmediate(leave);
    else this.drainWaiters.push(leave);
  }

  private handleNack(sequence: number, status: number): void {
    if (this.phase === 'binding')
      return this.finish({ code: statusCode(status), detail: 'the bind was not understood', bindStatus: status });
    this.freed = true;
    // Not every peer knows the command, and not every one says by its number what it does not know.
    if (sequence === 0 && status === Status.invalidCommand && this.queries.size > 0)
      return this.queries.answerAll(status, null);
    // Without a sequence number the peer has lost step: nothing that was written can be trusted to have been read.
    if (sequence === 0)
      return this.finish({ code: statusCode(status), detail: 'generic_nack without a sequence number' });
    this.window.answer(sequence, status, '');
    this.queries.answer(sequence, status, null);
  }

  private reply(command: number, sequence: number): void {
    this.writer.bare(command + RESPONSE_BIT, Status.ok, sequence);
    this.scheduleFlush();
  }

  private afterAnswers(): void {
    if (!this.freed) return;
    this.freed = false;
    if (this.window.size === 0) this.tellDrained();
    if (this.isBound) this.handlers.onCapacity(this);
  }

  private tellDrained(): void {
    const waiters = this.drainWaiters;
    this.drainWaiters = [];
    for (const tell of waiters) tell();
  }

  private afterTimeouts(): void {
    this.freed = true;
    this.afterAnswers();
    if (this.phase === 'bound') this.enquire();
  }

  private keepAlive(): void {
    if (!this.aliveTimer) return;
    const now = performance.now();
    const silentFor = now - this.lastHeard;
    if (silentFor >= this.settings.inactivityMs)
      return this.finish({ code: 'inactive', detail: `nothing came for ${Math.round(silentFor)} ms` });
    // A peer may talk and not listen: then everything but our writing looks well.
    this.blockedSince = this.socket.writableNeedDrain ? (this.blockedSince ?? now) : null;
    if (this.blockedSince !== null && now - this.blockedSince >= this.settings.responseTimeoutMs)
      return this.finish({ code: 'write_blocked', detail: 'the peer does not read what is written' });
    if (this.enquiredAt !== null && this.lastHeard > this.enquiredAt) this.enquiredAt = null;
    if (this.enquiredAt !== null && now - this.enquiredAt >= this.settings.responseTimeoutMs)
      return this.finish({ code: 'link_dead', detail: 'enquire_link was not answered' });
    if (silentFor >= this.settings.enquireLinkMs) this.enquire();
  }

  private enquire(): void {
    if (this.enquiredAt !== null) return;
    this.enquiredAt = performance.now();
    this.writer.bare(Command.enquireLink, Status.ok, this.nextSequence());
    this.scheduleFlush();
  }

  private nextSequence(): number {
    return this.sequences.next(this.isTaken);
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    process.nextTick(() => this.flush());
  }

  private flush(): void {
    this.flushScheduled = false;
    if (this.writer.length === 0 || this.phase === 'closed' || !this.socket.writable) return;
    this.socket.write(this.writer.take());
    this.window.written();
    this.queries.written();
  }

  private limitPhase(ms: number, code: string): void {
    this.clearPhaseTimer();
    const timer = setTimeout(() => setImmediate(judge), ms);
    // What came in time and lies unread in the socket may have ended the phase.
    const judge = (): void => {
      if (this.phaseTimer === timer) this.finish({ code, detail: `after ${ms} ms` });
    };
    this.phaseTimer = timer;
  }

  private clearPhaseTimer(): void {
    if (this.phaseTimer) clearTimeout(this.phaseTimer);
    this.phaseTimer = null;
  }

  private socketEnd(): SessionEnd {
    const error = this.socketError;
    if (!error) return { code: 'disconnected', detail: 'the peer closed the connection' };
    return { code: error.code ?? 'socket_error', detail: error.message };
  }

  private finish(end: SessionEnd): void {
    if (this.phase === 'closed') return;
    const wasUnbinding = this.phase === 'unbinding';
    this.phase = 'closed';
    this.accepting = false;
    this.clearPhaseTimer();
    if (this.aliveTimer) clearInterval(this.aliveTimer);
    this.aliveTimer = null;
    // After an unbind the last answer may still lie in the socket; otherwise nothing more may leave.
    if (wasUnbinding) {
      this.socket.setTimeout(UNBIND_TIMEOUT_MS, () => this.socket.destroy());
      this.socket.destroySoon();
    } else this.socket.destroy();
    this.window.close(end.code);
    this.queries.close(end.code);
    this.tellDrained();
    this.handlers.onClosed(this, end);
    this.tellEnded();
  }
}

function queriedStateOf(frame: Buffer): QueriedState | null {
  if (statusOf(frame) !== Status.ok) return null;
  try {
    return readQueriedState(frame);
  } catch (error) {
    if (error instanceof MalformedPdu) return null;
    throw error;
  }
}

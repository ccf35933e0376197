import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import smpp, { type PDU, type Server, type Session } from 'smpp';
import { outcomeOf, seededRandom, type Outcome } from './behaviour.js';
import { startControlServer, type ControlServer } from './control-server.js';
import { Fates } from './fates.js';
import { Faults, type FaultOrder, type SubmitFault } from './faults.js';
import { Journal, SlidingSecond, type OperatorStats } from './journal.js';
import { DEFAULT_OPERATOR_CONFIG, type DelayRange, type OperatorConfig } from './operator-config.js';
import { OperatorSession } from './operator-session.js';
import { Phones, positionOf, textOf, type PartPosition, type PhoneMessage } from './phones.js';
import { ReportDesk } from './report-desk.js';
import { Schedule } from './schedule.js';

const OK = 0;
const INVALID_COMMAND = 0x03;
const INVALID_BIND_STATUS = 0x04;
const ALREADY_BOUND = 0x05;
const INVALID_DESTINATION = 0x0b;
const INVALID_MESSAGE_ID = 0x0c;
const INVALID_PASSWORD = 0x0e;
const INVALID_SYSTEM_ID = 0x0f;
const THROTTLED = 0x58;
const BIND_COMMANDS = ['bind_transceiver', 'bind_transmitter', 'bind_receiver'] as const;

/** A submit that was read and waits for its answer. */
interface Submit {
  session: OperatorSession;
  pdu: PDU;
  to: string;
  from: string;
  text: string;
  position: PartPosition;
  at: Date;
}

/**
 * A short message service centre of its own, built on the registry's `smpp` package and on nothing of ours, so that it is an
 * independent peer: what it counts and what its phones show is what the product is measured by.
 */
export class SandboxOperator {
  readonly faults = new Faults();
  readonly phones: Phones;
  private readonly fates: Fates;
  private readonly journal: Journal;
  /** By system id: reports go to whom the message came from. */
  private readonly desks: ReadonlyMap<string, ReportDesk>;
  private readonly passwords: ReadonlyMap<string, string>;
  private readonly random: () => number;
  private readonly server: Server;
  private readonly sessions = new Map<OperatorSession, Session>();
  private readonly schedule = new Schedule();
  private control: ControlServer | null = null;
  private nextMessageId: bigint;
  private nextSessionId = 1;
  private smppPort = 0;
  private stopping = false;

  private constructor(private readonly config: OperatorConfig) {
    this.random = seededRandom(config.seed);
    this.phones = new Phones(config.inboxLimit);
    this.fates = new Fates(config.inboxLimit);
    this.journal = new Journal(config.logFile);
    this.passwords = new Map([[config.systemId, config.password], ...Object.entries(config.moreSystemIds)]);
    const { reportBy, reportWindow } = config;
    const newDesk = () => new ReportDesk(reportBy, reportWindow, this.faults, this.journal);
    this.desks = new Map([...this.passwords.keys()].map((systemId) => [systemId, newDesk()]));
    this.nextMessageId = BigInt(config.firstMessageId ?? Date.now() * 1000);
    this.server = smpp.createServer({ noDelay: true }, (session) => this.accept(session));
  }

  static async start(config: Partial<OperatorConfig> = {}): Promise<SandboxOperator> {
    const operator = new SandboxOperator({ ...DEFAULT_OPERATOR_CONFIG, ...config });
    await operator.listen(operator.config.port);
    operator.control = await startControlServer(operator, operator.config.host, operator.config.controlPort);
    return operator;
  }

  /** Where it can be reached: the SMSC, and the HTTP control port. */
  get ports(): { smpp: number; control: number } {
    return { smpp: this.smppPort, control: this.control?.port ?? 0 };
  }

  stats(): OperatorStats & { sessions: number; reportsPending: number; incompleteMessages: number } {
    return {
      ...this.journal.stats,
      sessions: this.sessions.size,
      reportsPending: [...this.desks.values()].reduce((sum, { pending }) => sum + pending, 0),
      incompleteMessages: this.phones.incomplete,
    };
  }

  inbox(to: string | null): PhoneMessage[] {
    return this.phones.inbox(to);
  }

  async order(order: FaultOrder): Promise<void> {
    this.faults.apply(order);
    if (order.unbind) for (const session of this.sessions.keys()) session.unbind();
    if (order.listening === false) await this.refuseConnections();
    if (order.listening === true && !this.server.listening) await this.listen(this.smppPort);
    if (order.dropConnections) this.cutEverybody();
    for (const desk of this.desks.values()) desk.pump();
  }

  async resetFaults(): Promise<void> {
    this.faults.reset();
    await this.order({ listening: true });
  }

  /** What the operator will do with messages to this number. */
  outcomeOf(number: string): Outcome {
    return outcomeOf(number, this.config.shares, this.config.suffixes);
  }

  /** A message from a phone to the peer; resolves with the peer's command_status, or null when nobody took it. */
  sendFromPhone(from: string, to: string, text: string, part?: InboundPart): Promise<number | null> {
    const session = this.sessions.keys().next().value;
    if (!session) return Promise.resolve(null);
    const fields = { source_addr_ton: 1, source_addr_npi: 1, source_addr: from, destination_addr: to };
    // Left to itself, the package would write GSM-7 and call it ASCII.
    const data_coding = /^[\n\x20-\x7e]*$/.test(text) ? 0 : 8;
    const message = part
      ? { esm_class: 0x40, short_message: { udh: headerOf(part), message: text } }
      : { short_message: text };
    return new Promise((resolve) => session.deliver({ ...fields, data_coding, ...message }, resolve));
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.schedule.clear();
    await this.control?.close();
    const closed = this.server.listening ? once(this.server, 'close') : Promise.resolve();
    this.server.close();
    this.cutEverybody();
    await closed;
    await this.journal.close();
  }

  private async listen(port: number): Promise<void> {
    this.server.listen(port, this.config.host);
    await once(this.server, 'listening');
    this.smppPort = (this.server.address() as AddressInfo).port;
  }

  private async refuseConnections(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.cutEverybody();
    await closed;
  }

  /** Also those that are connected and not bound. */
  private cutEverybody(): void {
    for (const session of this.server.sessions) session.destroy();
  }

  private accept(session: Session): void {
    const wrapped = new OperatorSession(this.nextSessionId++, session);
    // The package stops reading after an error of its parser: the connection is of no more use.
    session.on('error', () => session.destroy());
    session.on('close', () => {
      this.sessions.delete(wrapped);
      this.desks.get(wrapped.systemId)?.detach(wrapped);
      wrapped.end();
    });
    for (const command of BIND_COMMANDS) session.on(command, (pdu: PDU) => this.bind(wrapped, session, pdu));
    for (const command of ['submit_sm', 'query_sm'])
      session.on(command, (pdu: PDU) => this.refuseUnbound(wrapped, pdu));
    session.on('unbind', (pdu: PDU) => {
      wrapped.send(pdu.response());
      wrapped.close();
    });
    session.on('enquire_link', (pdu: PDU) => {
      if (!this.faults.deaf) wrapped.send(pdu.response());
    });
    session.on('unknown', (pdu: PDU) => wrapped.send(pdu.response()));
  }

  private bind(wrapped: OperatorSession, session: Session, pdu: PDU): void {
    const status = this.bindStatus(wrapped, pdu);
    if (status !== OK) {
      this.journal.stats.bindsRefused++;
      wrapped.send(pdu.response({ command_status: status }));
      return wrapped.close();
    }
    this.journal.stats.binds++;
    wrapped.systemId = pdu.system_id!;
    this.sessions.set(wrapped, session);
    wrapped.send(pdu.response({ system_id: 'sandbox' }));
    if (pdu.command !== 'bind_receiver') {
      const second = new SlidingSecond();
      session.removeAllListeners('submit_sm');
      session.on('submit_sm', (submit: PDU) => this.receive(wrapped, submit, second));
      session.removeAllListeners('query_sm');
      session.on('query_sm', (query: PDU) => this.tellState(wrapped, query));
    }
    if (pdu.command !== 'bind_transmitter') this.deskOf(wrapped).attach(wrapped);
  }

  private bindStatus(wrapped: OperatorSession, pdu: PDU): number {
    const ordered = this.faults.takeForBind();
    if (ordered) return ordered;
    const password = this.passwords.get(pdu.system_id ?? '');
    if (password === undefined) return INVALID_SYSTEM_ID;
    if (pdu.password !== password) return INVALID_PASSWORD;
    const own = [...this.sessions.keys()].filter(({ systemId }) => systemId === pdu.system_id).length;
    const isFull = this.config.maxBinds > 0 && own >= this.config.maxBinds;
    return isFull || this.sessions.has(wrapped) ? ALREADY_BOUND : OK;
  }

  private refuseUnbound(session: OperatorSession, pdu: PDU): void {
    session.send(pdu.response({ command_status: INVALID_BIND_STATUS }));
  }

  private tellState(session: OperatorSession, query: PDU): void {
    this.journal.stats.queries++;
    const { sequence_number } = query;
    const nack = (sequence: number) =>
      new smpp.PDU('generic_nack', { sequence_number: sequence, command_status: INVALID_COMMAND });
    switch (this.faults.queries) {
      case 'known': {
        const state = this.fates.stateOf(session.systemId, query.message_id ?? '', query.source_addr ?? '');
        return void session.send(query.response(state ?? { command_status: INVALID_MESSAGE_ID }));
      }
      case 'nack':
        return void session.send(nack(sequence_number));
      case 'blind_nack':
        return void session.send(nack(0));
      case 'invalid_command':
        return void session.send(query.response({ command_status: INVALID_COMMAND }));
      case 'hang_up':
        return session.drop();
      case 'never':
        return;
    }
  }

  private receive(session: OperatorSession, pdu: PDU, second: SlidingSecond): void {
    this.journal.received();
    const submit: Submit = {
      session,
      pdu,
      to: pdu.destination_addr ?? '',
      from: pdu.source_addr ?? '',
      text: textOf(pdu),
      position: positionOf(pdu),
      at: new Date(),
    };
    const fault = this.faults.takeForSubmit(submit.to);
    if (fault) return this.failAs(fault, submit);
    const { submitsPerSecond } = this.config;
    if (submitsPerSecond > 0 && second.count(performance.now()) >= submitsPerSecond)
      return this.answer(submit, THROTTLED);
    second.add(performance.now());
    const outcome = this.outcomeOf(submit.to);
    if (outcome === 'refused') return this.answer(submit, INVALID_DESTINATION);
    this.take(submit, outcome, this.draw(this.config.answerDelay));
  }

  private failAs(fault: SubmitFault, submit: Submit): void {
    const outcome = this.outcomeOf(submit.to);
    switch (fault.action) {
      case 'refuse':
        return this.answer(submit, fault.status ?? INVALID_DESTINATION);
      case 'throttle':
        return this.answer(submit, THROTTLED);
      case 'answer_late':
        return this.take(submit, outcome, fault.delayMs ?? 1000);
      case 'drop':
        this.swallow(submit, outcome, fault.accepted ?? true);
        return submit.session.drop();
      case 'garbage':
        this.swallow(submit, outcome, fault.accepted ?? true);
        return submit.session.garbage();
      case 'never_answer':
        return this.swallow(submit, outcome, fault.accepted ?? true);
    }
  }

  /** Takes a message over and says so after a while. */
  private take(submit: Submit, outcome: Outcome, answerDelayMs: number): void {
    const number = this.deliverToPhone(submit, outcome);
    const id = written(number, this.config.answerIds);
    if (this.faults.reports.beforeAnswer) {
      this.report(submit, number, outcome, 0);
      return this.schedule.after(Math.max(50, answerDelayMs), () => this.answer(submit, OK, id));
    }
    this.schedule.after(answerDelayMs, () => {
      this.answer(submit, OK, id);
      this.report(submit, number, outcome, this.draw(this.config.reportDelay));
    });
  }

  /** Says nothing, whether or not the message was taken over. */
  private swallow(submit: Submit, outcome: Outcome, accepted: boolean): void {
    if (!accepted) return this.record(submit, OK, null, false);
    const number = this.deliverToPhone(submit, outcome);
    this.record(submit, OK, written(number, this.config.answerIds), false);
    this.report(submit, number, outcome, this.draw(this.config.reportDelay));
  }

  private deliverToPhone({ session, to, from, text, position, at }: Submit, outcome: Outcome): bigint {
    this.phones.receive(to, from, text, position, at.toISOString());
    const number = this.nextMessageId++;
    const { systemId } = session;
    const doneAt = outcome === 'silent' ? at : null;
    this.fates.add(written(number, this.config.answerIds), { systemId, from, outcome, doneAt });
    return number;
  }

  private answer(submit: Submit, status: number, id: string | null = null): void {
    const { pdu, session } = submit;
    const answered = session.answerSubmit(pdu.sequence_number, status, id);
    this.record(submit, status, id, answered);
  }

  private record(submit: Submit, status: number, id: string | null, answered: boolean): void {
    const { session, to, from, text, position, at } = submit;
    this.journal.submit({
      event: 'submit',
      at: at.toISOString(),
      session: session.id,
      systemId: session.systemId,
      to,
      from,
      ...position,
      status,
      accepted: id !== null,
      answered,
      id,
      text,
    });
  }

  private report(submit: Submit, number: bigint, outcome: Outcome, delayMs: number): void {
    if (outcome === 'silent') return;
    const isWanted = submit.pdu.registered_delivery !== 0;
    const { intermediate, shuffle } = this.faults.reports;
    const extraMs = shuffle ? this.random() * 300 : 0;
    const report = {
      id: written(number, this.config.reportIds),
      to: submit.to,
      from: submit.from,
      submittedAt: submit.at,
      text: submit.text,
    };
    const desk = this.deskOf(submit.session);
    if (intermediate && isWanted) desk.send({ ...report, outcome: 'enroute', doneAt: new Date() });
    this.schedule.after(delayMs + extraMs, () => {
      const doneAt = new Date();
      this.fates.end(written(number, this.config.answerIds), doneAt);
      if (isWanted) desk.send({ ...report, outcome, doneAt });
    });
  }

  /** Of a session that is bound. */
  private deskOf({ systemId }: OperatorSession): ReportDesk {
    return this.desks.get(systemId)!;
  }

  private draw({ minMs, maxMs }: DelayRange): number {
    return minMs + this.random() * (maxMs - minMs);
  }
}

/** Small numbers are written as numbers, which is five times as fast. */
function written(id: bigint, as: 'decimal' | 'hex'): string {
  const number = id <= Number.MAX_SAFE_INTEGER ? Number(id) : id;
  return as === 'decimal' ? number.toString() : number.toString(16).toUpperCase();
}

/** Which part of a long message from a phone it is. */
export interface InboundPart {
  reference: number;
  partNo: number;
  partsTotal: number;
}

/** A user data header with a reference of eight bits. */
function headerOf({ reference, partNo, partsTotal }: InboundPart): Buffer {
  return Buffer.from([5, 0, 3, reference & 0xff, partsTotal, partNo]);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the operator does with the next request instead of taking it politely. */
export type HttpFault =
  | { action: 'refuse'; code?: string }
  | { action: 'throttle'; retryAfterSeconds?: number }
  /** `reported`: it takes the message over all the same, and a report comes. */
  | { action: 'never_answer'; reported?: boolean }
  | { action: 'answer_late'; delayMs: number }
  | { action: 'answer_when'; told: Promise<unknown> }
  | { action: 'cut' }
  | { action: 'cut_in_body' }
  | { action: 'garbage' }
  | { action: 'without_id' }
  | { action: 'huge' }
  /** Takes the message over, answers with these words instead of its own, and reports as ever. */
  | { action: 'say'; status?: number; contentType?: string; body: string }
  /** Takes it over under this id, written as it stands. */
  | { action: 'take_as'; id: string }
  | { action: 'status'; status: number; headers?: Record<string, string> }
  /** Takes all of a request over, and leaves this number out of the answer. */
  | { action: 'leave_out'; to: string };

export interface ReportFaults {
  duplicate?: boolean;
  beforeAnswer?: boolean;
  intermediate?: boolean;
  /** Reports wait until this is false again. */
  paused?: boolean;
}

export interface Sms {
  to: string;
  from: string;
  text: string;
  reference: string;
  callback: string | null;
}

/** A request as it came, for tests of what is on the wire. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** When it had come; monotonic, in milliseconds. */
  atMs: number;
}

const TOKEN = 'sandbox-token';
const REPORT_TRIES = 20;
const REPORT_PAUSE_MS = 15;

/**
 * An operator behind HTTP, on a real socket. It speaks two dialects: JSON with a bearer token and a list of recipients
 * (`POST /v1/messages`), and the query string and plain text of a Kannel smsbox (`GET /cgi-bin/sendsms`). The last two digits of
 * a number decide what becomes of its message: 02 undelivered, 03 expired, 04 refused. Given a dialect, it speaks that alone: the
 * files in `companies/` are what known companies document.
 */
export class HttpOperator {
  readonly seen: SeenRequest[] = [];
  /** Questions beside the sending: balance, statuses. */
  readonly asked: SeenRequest[] = [];
  /** What was taken over, by its id. */
  readonly accepted = new Map<string, Sms>();
  readonly faults: HttpFault[] = [];
  reports: ReportFaults = {};
  /** Takes connections and answers nothing. */
  silent = false;
  private readonly messages: Sms[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly reporting = new Set<Promise<void>>();
  private nextId = 9_007_199_254_740_993n;
  private server: Server | null = null;
  private closing = false;
  port = 0;

  private constructor(private readonly own: Dialect | null) {}

  static async start(dialect: Dialect | null = null): Promise<HttpOperator> {
    const operator = new HttpOperator(dialect);
    await operator.comeBack();
    return operator;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  inbox(to: string): { from: string; text: string }[] {
    return this.messages.filter((sms) => sms.to === to).map(({ from, text }) => ({ from, text }));
  }

  /** Listens again; nothing happens when it never went away. */
  async comeBack(): Promise<void> {
    if (this.server) return;
    this.server = createServer((request, response) => void this.serve(request, response).catch(() => undefined));
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async goAway(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  async stop(): Promise<void> {
    this.closing = true;
    await this.goAway();
    await Promise.all(this.reporting);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body, atMs: performance.now() };
    const kannel = url.startsWith('/cgi-bin/sendsms');
    const dialect = this.own ?? (kannel ? KANNEL : JSON_DIALECT);
    if (this.silent) return void this.asked.push(seen);
    if (dialect.aside?.(seen, response, this)) return void this.asked.push(seen);
    this.seen.push(seen);
    const sms = dialect.read(new URL(url, this.origin), headers, body);
    if (sms === 'wrong_credentials') return dialect.forbid(response);
    const fault = this.faults.shift();
    if (Array.isArray(sms)) return this.serveMany(fault, sms, dialect, request, response);
    if (fault) return this.misbehave(fault, sms, dialect, request, response);
    if (sms.to.endsWith('04')) return dialect.refuse(response, '15');
    await this.take(sms, dialect, response);
  }

  private async misbehave(
    fault: HttpFault,
    sms: Sms,
    dialect: Dialect,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault.action) {
      case 'refuse':
        return dialect.refuse(response, fault.code ?? '15');
      case 'throttle':
        if (dialect.throttle) return dialect.throttle(response);
        response.writeHead(429, fault.retryAfterSeconds ? { 'retry-after': String(fault.retryAfterSeconds) } : {});
        return void response.end('too fast');
      case 'never_answer':
        if (!fault.reported) return void this.messages.push(sms);
        return this.report(sms, dialect, this.receive(sms, dialect));
      case 'answer_late':
        await sleep(fault.delayMs);
        return this.take(sms, dialect, response);
      case 'answer_when':
        await fault.told;
        return this.take(sms, dialect, response);
      case 'cut':
        this.messages.push(sms);
        return void request.socket.destroy();
      case 'cut_in_body':
        this.messages.push(sms);
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': '200' });
        response.write('{"messages":[{"id":');
        await sleep(5);
        return void request.socket.destroy();
      case 'garbage':
        this.messages.push(sms);
        return void response.writeHead(200, { 'content-type': 'application/json' }).end('<html>Bad gateway');
      case 'without_id':
        this.messages.push(sms);
        return void response.writeHead(201).end('{"messages":[{"status":"0"}]}');
      case 'huge':
        this.messages.push(sms);
        return void response.writeHead(201).end(`{"messages":[{"status":"0","id":"${'9'.repeat(200_000)}"}]}`);
      case 'say': {
        const id = this.receive(sms, dialect);
        response.writeHead(fault.status ?? 200, { 'content-type': fault.contentType ?? 'application/json' });
        response.end(fault.body);
        return this.report(sms, dialect, id);
      }
      case 'take_as':
        return this.take(sms, dialect, response, fault.id);
      case 'status':
        return void response.writeHead(fault.status, fault.headers).end(`status ${fault.status}`);
    }
  }

  private async serveMany(
    fault: HttpFault | undefined,
    many: readonly Sms[],
    dialect: Dialect,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault?.action) {
      case 'refuse':
        return dialect.refuseAll!(response);
      case 'throttle':
        if (dialect.throttle) return dialect.throttle(response);
        return void response.writeHead(429).end('too fast');
      case 'never_answer':
        return void this.messages.push(...many);
      case 'cut':
        this.messages.push(...many);
        return void request.socket.destroy();
      case 'answer_late':
        await sleep(fault.delayMs);
        return this.takeMany(many, many, dialect, response);
      case 'answer_when':
        await fault.told;
        return this.takeMany(many, many, dialect, response);
      case 'leave_out': {
        const { to: left } = fault;
        const named = many.filter(({ to }) => to !== left);
        return this.takeMany(many, named, dialect, response);
      }
      case undefined:
        return this.takeMany(many, many, dialect, response);
      default:
        throw new Error(`nobody said what ${fault?.action} means for several messages`);
    }
  }

  /** Those whose number ends in 04 are refused; `named` are those that the answer speaks of. */
  private takeMany(many: readonly Sms[], named: readonly Sms[], dialect: Dialect, response: ServerResponse): void {
    const taken = many.map((sms) => ({ sms, id: sms.to.endsWith('04') ? null : this.receive(sms, dialect) }));
    const told = taken.filter(({ sms }) => named.includes(sms));
    dialect.answerAll!(response, told).once('close', () => {
      for (const { sms, id } of taken) if (id !== null) this.report(sms, dialect, id);
    });
  }

  private receive(sms: Sms, dialect: Dialect): string {
    this.messages.push(sms);
    const number = this.nextId++;
    const id = dialect.idOf?.(number, sms) ?? String(number);
    this.accepted.set(id, sms);
    return id;
  }

  private async take(sms: Sms, dialect: Dialect, response: ServerResponse, as?: string): Promise<void> {
    const own = this.receive(sms, dialect);
    const id = as ?? own;
    if (this.reports.beforeAnswer) {
      this.report(sms, dialect, id);
      await sleep(30);
    }
    await new Promise<void>((resolve) => dialect.accept(response, id, sms).once('close', resolve));
    if (!this.reports.beforeAnswer) this.report(sms, dialect, id);
  }

  private report(sms: Sms, dialect: Dialect, id: string): void {
    if (!sms.callback) return;
    const outcome = outcomeOf(sms);
    const calls = [...(this.reports.intermediate ? (['buffered'] as const) : []), outcome] as const;
    const reporting = this.callAll(this.reports.duplicate ? [...calls, outcome] : [...calls], sms, dialect, id);
    this.reporting.add(reporting);
    void reporting.finally(() => this.reporting.delete(reporting));
  }

  /** One after the other; a call that is not acknowledged is repeated, as operators do. */
  private async callAll(outcomes: Outcome[], sms: Sms, dialect: Dialect, id: string): Promise<void> {
    while (this.reports.paused && !this.closing) await sleep(REPORT_PAUSE_MS);
    for (const outcome of outcomes) {
      for (let tries = 0; tries < REPORT_TRIES && !this.closing; tries++) {
        const call = dialect.report?.(sms, id, outcome);
        if (!call) return;
        const [url, init] = call;
        const answer = await fetch(url, init).catch(() => null);
        if (answer?.ok) break;
        await sleep(REPORT_PAUSE_MS);
      }
    }
  }
}

/** What becomes of a message, by the last digits of its number. */
export function outcomeOf({ to }: Sms): Exclude<Outcome, 'buffered'> {
  return to.endsWith('02') ? 'undelivered' : to.endsWith('03') ? 'expired' : 'delivered';
}

export type Outcome = 'delivered' | 'undelivered' | 'expired' | 'buffered';

/** How a company speaks. */
export interface Dialect {
  /** Several where several share the request. */
  read(url: URL, headers: IncomingMessage['headers'], body: string): Sms | Sms[] | 'wrong_credentials';
  forbid(response: ServerResponse): void;
  refuse(response: ServerResponse, code: string): void;
  accept(response: ServerResponse, id: string, sms: Sms): ServerResponse;
  /** To several at once; without an id it was refused. */
  answerAll?(response: ServerResponse, answers: readonly { sms: Sms; id: string | null }[]): ServerResponse;
  /** Of several at once, without a word about which one is to blame. */
  refuseAll?(response: ServerResponse): void;
  /** In the words of whoever has an own answer for "too fast"; absent: 429. */
  throttle?(response: ServerResponse): void;
  /** Absent: decimal numbers. */
  idOf?(number: bigint, sms: Sms): string;
  /** Answers what is no sending, and says whether it did. */
  aside?(request: SeenRequest, response: ServerResponse, operator: HttpOperator): boolean;
  /** Absent: it never reports, and has to be asked. */
  report?(sms: Sms, id: string, outcome: Outcome): [url: string, init: RequestInit];
}

/** Ids are written as numbers, as some operators do although they do not fit into a double. */
const JSON_DIALECT: Dialect = {
  read(_url, headers, body) {
    if (headers.authorization !== `Bearer ${TOKEN}`) return 'wrong_credentials';
    const { recipient, from, text, reference, callback } = JSON.parse(body) as Record<string, string>;
    return { to: recipient!, from: from!, text: text!, reference: reference!, callback: callback ?? null };
  },
  forbid: (response) => void response.writeHead(401).end('{"error":"who are you"}'),
  refuse: (response, code) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ messages: [{ status: code, 'error-text': 'Illegal number' }] })),
  accept: (response, id) =>
    response
      .writeHead(201, { 'content-type': 'application/json' })
      .end(`{"messages":[{"status":"0","id":${id},"price":"-0.0451","network":"25001"}]}`),
  report(sms, id, outcome) {
    const word = { delivered: 'delivered', undelivered: 'failed', expired: 'expired', buffered: 'buffered' }[outcome];
    const error = outcome === 'delivered' || outcome === 'buffered' ? '0' : '27';
    const at = new Date().toISOString();
    const body = `{"reports":[{"id":${id},"status":"${word}","error":"${error}","at":"${at}","recipient":"+${sms.to}","reference":"${sms.reference}"}]}`;
    return [sms.callback!, { method: 'POST', headers: { 'content-type': 'application/json' }, body }];
  },
};

/** As in the Kannel user guide: 202 and a line of text; reports come to the `dlr-url` with its escapes filled in. */
const KANNEL: Dialect = {
  read({ searchParams }) {
    const parameter = (name: string) => searchParams.get(name) ?? '';
    if (parameter('username') !== 'kabinet' || parameter('password') !== TOKEN) return 'wrong_credentials';
    const callback = searchParams.get('dlr-url');
    return { to: parameter('to'), from: parameter('from'), text: parameter('text'), reference: '', callback };
  },
  forbid: (response) => void response.writeHead(403).end('Authorization failed for sendsms'),
  refuse: (response) => void response.writeHead(400).end('Not routable. Do not try again.'),
  accept: (response) => response.writeHead(202, { 'content-type': 'text/html' }).end('0: Accepted for delivery'),
  report(sms, _id, outcome) {
    const mask = { delivered: '1', undelivered: '2', expired: '34', buffered: '8' }[outcome];
    const url = sms.callback!.replaceAll('%d', mask).replaceAll('%p', encodeURIComponent(`+${sms.to}`));
    return [url, { method: 'GET' }];
  },
};

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The JSON dialect, described as an operator's staff would describe it. */
export function jsonDialectSettings(origin: string): Record<string, unknown> {
  return {
    request: {
      method: 'POST',
      url: `${origin}/v1/messages`,
      body: {
        type: 'json',
        content: {
          recipient: '{{to}}',
          from: '{{sender}}',
          text: '{{text}}',
          reference: '{{reference}}',
          callback: '{{callbackUrl}}',
          ttl: '{{number:validitySeconds}}',
        },
      },
    },
    auth: { type: 'bearer', token: '{{secret.token}}' },
    answer: {
      recipient: '/messages/0',
      success: { source: { pointer: '/status' }, values: ['0'] },
      messageId: { pointer: '/id' },
      errorCode: { pointer: '/status' },
      errorText: { pointer: '/error-text' },
      cost: { source: { pointer: '/price' }, currency: 'EUR' },
      operator: { pointer: '/network' },
    },
    errors: [
      { codes: ['1'], means: 'throttled' },
      { codes: ['9'], means: 'unavailable' },
    ],
    reports: {
      format: 'json',
      list: '/reports',
      fields: { messageId: '/id', status: '/status', errorCode: '/error', doneAt: '/at', to: '/recipient' },
      statuses: { delivered: 'delivered', failed: 'undelivered', expired: 'expired', buffered: 'submitted' },
    },
  };
}

export const JSON_DIALECT_SECRETS = { token: TOKEN };

/** A Kannel smsbox. It names no id of its own, so our reference travels in the address of the report. */
export function kannelSettings(origin: string): Record<string, unknown> {
  return {
    request: {
      method: 'GET',
      url: `${origin}/cgi-bin/sendsms`,
      query: {
        username: '{{secret.username}}',
        password: '{{secret.password}}',
        from: '{{sender}}',
        to: '{{to}}',
        text: '{{text}}',
        charset: 'UTF-8',
        coding: '{{encoding}}',
        'dlr-mask': '31',
        'dlr-url': '{{callbackUrl}}?id={{reference}}&status=%d&to=%p',
      },
      encodings: { gsm7: '0', ucs2: '2' },
    },
    answer: {
      format: 'text',
      success: { source: { pattern: '^([03]):' }, values: ['0', '3'] },
      messageId: { value: '{{reference}}' },
      errorText: { pattern: '^([^\\n]{1,200})' },
    },
    errors: [
      { statuses: [403], means: 'credentials' },
      { statuses: [503], means: 'unavailable' },
    ],
    reports: {
      format: 'query',
      fields: { messageId: '/id', status: '/status', errorCode: '/status', to: '/to' },
      statuses: {
        '1': 'delivered',
        '2': 'undelivered',
        '4': 'submitted',
        '8': 'submitted',
        '16': 'rejected',
        '34': 'expired',
      },
      noErrorCodes: ['1', '4', '8'],
      answer: { body: '' },
    },
  };
}

export const KANNEL_SECRETS = { username: 'kabinet', password: TOKEN };

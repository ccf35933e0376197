import { appendFileSync } from 'node:fs';
import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../../src/sandbox/behaviour.js';
import type { SubmitRecord } from '../../src/sandbox/journal.js';

export const GATEWAY_TOKEN = 'soak-gateway';

/** What it does with the next requests instead of taking them politely. */
export interface GatewayFault {
  /** Takes the part over, and answers after so long; null: never. */
  answerAfterMs: number | null;
  /** It does not even take it over. */
  ignores?: boolean;
}

export interface GatewayOptions {
  logFile: string;
  random: () => number;
  outcomeOf: (number: string) => Outcome;
}

interface Part {
  to: string;
  from: string;
  text: string;
  reference: string;
  part: number;
  of: number;
  callback: string;
}

const REPORT_TRIES = 300;
const REPORT_PAUSE_MS = 200;

/**
 * An aggregator over HTTP, in the process of the soak: a request for each part, reports to our callback address until they are
 * acknowledged, some of them twice. It keeps the same log as the operator over SMPP, so that both are judged alike.
 */
export class Gateway {
  private readonly sockets = new Set<Socket>();
  private readonly faults: GatewayFault[] = [];
  private readonly reporting = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private paused = false;
  private taken = 0;

  private constructor(
    private readonly server: Server,
    private readonly options: GatewayOptions,
  ) {
    // Every report that waits listens.
    setMaxListeners(0, this.stopping.signal);
  }

  static async start(options: GatewayOptions): Promise<Gateway> {
    const server = createServer();
    const gateway = new Gateway(server, options);
    server.on('connection', (socket: Socket) => {
      gateway.sockets.add(socket);
      socket.on('close', () => gateway.sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      gateway.serve(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return gateway;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The description by which the product speaks to it. */
  settings(timeoutMs: number): Record<string, unknown> {
    const names = ['to', 'text', 'reference', 'partNo', 'partsTotal'];
    return {
      request: {
        url: `${this.origin}/send`,
        unit: 'part',
        body: {
          type: 'json',
          content: {
            ...Object.fromEntries(names.map((name) => [name, `{{${name}}}`])),
            from: '{{sender}}',
            callback: '{{callbackUrl}}',
          },
        },
      },
      auth: { type: 'bearer', token: '{{secret.token}}' },
      answer: { messageId: { pointer: '/id' }, errorCode: { pointer: '/error' } },
      reports: {
        format: 'json',
        fields: { messageId: '/id', reference: '/reference', status: '/status', to: '/to' },
        statuses: { delivered: 'delivered', undelivered: 'undelivered', expired: 'expired', rejected: 'rejected' },
      },
      limits: { timeoutMs, maxConcurrent: 20, retryMinMs: 100, retryMaxMs: 2_000 },
    };
  }

  misbehave(fault: GatewayFault, count: number): void {
    for (let one = 0; one < count; one++) this.faults.push(fault);
  }

  /** All connections, as they are. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  holdReports(paused: boolean): void {
    this.paused = paused;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.cut();
    this.server.close();
    await Promise.all(this.reporting);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.headers.authorization !== `Bearer ${GATEWAY_TOKEN}`) return void response.writeHead(401).end();
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
    const part = { ...body, part: Number(body['partNo']), of: Number(body['partsTotal']) } as unknown as Part;
    const fault = this.faults.shift();
    const outcome = this.options.outcomeOf(part.to);
    const accepted = !fault?.ignores && outcome !== 'refused';
    const id = accepted ? `g-${++this.taken}` : null;
    this.log(part, id, fault === undefined);
    if (id !== null) this.reportLater(part, id, outcome);
    if (fault?.answerAfterMs === null) return;
    await this.pause(fault?.answerAfterMs ?? 5 + this.options.random() * 55);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(accepted ? { id } : { error: 'refused' }));
  }

  /** On the disk before anything is answered: what was written there has happened. */
  private log({ to, from, text, part, of }: Part, id: string | null, answered: boolean): void {
    const record: SubmitRecord = {
      event: 'submit',
      at: new Date().toISOString(),
      session: 0,
      systemId: 'gateway',
      to,
      from,
      reference: 0,
      part,
      of,
      status: id === null ? 1 : 0,
      accepted: id !== null,
      answered,
      id,
      text,
    };
    appendFileSync(this.options.logFile, `${JSON.stringify(record)}\n`);
  }

  private reportLater(part: Part, id: string, outcome: Outcome): void {
    if (outcome === 'silent') return;
    const times = this.options.random() < 0.2 ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const reported = this.report(part, id, outcome).finally(() => this.reporting.delete(reported));
      this.reporting.add(reported);
    }
  }

  /** Again and again: an API that is killed answers nothing. */
  private async report({ callback, reference, to }: Part, id: string, status: Outcome): Promise<void> {
    await this.pause(20 + this.options.random() * 1_500);
    const body = JSON.stringify({ id, reference, to, status });
    const headers = { 'content-type': 'application/json' };
    for (let tries = 0; tries < REPORT_TRIES && !this.stopping.signal.aborted; tries++) {
      const signal = AbortSignal.timeout(5_000);
      const heard = this.paused
        ? false
        : await fetch(callback, { method: 'POST', headers, body, signal }).then(
            ({ ok }) => ok,
            () => false,
          );
      if (heard) return;
      await this.pause(REPORT_PAUSE_MS);
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

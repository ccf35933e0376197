import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a portal got. */
export interface ReceivedWebhook {
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a portal does with a request: answers with a status and headers, or never. */
export type WebhookAnswer = { status: number; headers?: Record<string, string> } | 'silence';

/** A portal's server for webhooks, on a real socket. It takes everything, unless told otherwise. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** For the next requests, one each. */
  readonly answers: WebhookAnswer[] = [];
  /** For the others. */
  usually: WebhookAnswer = { status: 204 };

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { headers } = request;
        const body = Buffer.concat(chunks).toString('utf8');
        receiver.received.push({ id: String(headers['webhook-id']), headers, body });
        receiver.answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks?portal=1`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private answer(response: ServerResponse): void {
    const answer = this.answers.shift() ?? this.usually;
    if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end();
  }
}

/** The signature as a receiver works it out, by the words of the standard and none of our code. */
export function expectedSignature(secret: string, { headers, body }: ReceivedWebhook): string {
  const [, key] = secret.split('_');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  return `v1,${createHmac('sha256', Buffer.from(key!, 'base64')).update(signed).digest('base64')}`;
}

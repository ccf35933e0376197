import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultOrder } from './faults.js';
import type { SandboxOperator } from './sandbox-operator.js';

export interface ControlServer {
  port: number;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The operator's control port: `GET /stats`, `GET /inbox?to=`, `GET /outcome?to=`, `POST /faults` and `DELETE /faults`,
 * `POST /inbound` (a message from a phone: from, to, text). Loopback only, JSON both ways.
 */
export async function startControlServer(
  operator: SandboxOperator,
  host: string,
  port: number,
): Promise<ControlServer> {
  const server = createServer((request, response) => {
    handle(operator, request).then(
      (body) => reply(response, 200, body),
      (error: unknown) => reply(response, 400, { error: String(error) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(operator: SandboxOperator, request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://operator');
  const to = url.searchParams.get('to');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /stats':
      return operator.stats();
    case 'GET /inbox':
      return operator.inbox(to);
    case 'GET /outcome':
      return { to, outcome: operator.outcomeOf(to ?? '') };
    case 'POST /faults':
      await operator.order((await readJson(request)) as FaultOrder);
      return { applied: true };
    case 'DELETE /faults':
      await operator.resetFaults();
      return { applied: true };
    case 'POST /inbound': {
      const { from, to: recipient, text } = (await readJson(request)) as Record<string, string>;
      return { status: await operator.sendFromPhone(from ?? '', recipient ?? '', text ?? '') };
    }
    default:
      throw new Error(`no such thing here: ${request.method} ${url.pathname}`);
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

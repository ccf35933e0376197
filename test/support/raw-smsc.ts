import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import smpp, { type PDU } from 'smpp';

export type RawHandler = (pdu: PDU, socket: Socket, smsc: RawSmsc) => void;

/**
 * A peer of bare sockets for what no decent SMSC does: it cuts the stream by itself and answers only what its handler
 * answers. PDUs are read and written by the `smpp` package.
 */
export class RawSmsc {
  /** Everything that came in, over all connections. */
  readonly received: PDU[] = [];
  readonly sockets: Socket[] = [];
  connections = 0;

  private constructor(
    private readonly server: Server,
    private readonly handler: RawHandler,
  ) {}

  static async start(handler: RawHandler, tls?: { key: string; cert: string }): Promise<RawSmsc> {
    const accept = (socket: Socket): void => smsc.accept(socket);
    const server = tls ? createTlsServer(tls, accept) : createServer(accept);
    const smsc = new RawSmsc(server, handler);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return smsc;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  commands(): string[] {
    return this.received.map((pdu) => pdu.command);
  }

  /** Sends a deliver_sm and resolves with the status of its answer. */
  async deliver(fields: Record<string, unknown>): Promise<number> {
    const sequence = 1_000_000 + this.received.length;
    this.sockets.at(-1)!.write(new smpp.PDU('deliver_sm', { sequence_number: sequence, ...fields }).toBuffer());
    return this.answerTo(sequence);
  }

  async answerTo(sequence: number): Promise<number> {
    const deadline = performance.now() + 3000;
    while (performance.now() < deadline) {
      const answer = this.received.find((pdu) => pdu.sequence_number === sequence && pdu.command !== 'submit_sm');
      if (answer) return answer.command_status;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`no answer to ${sequence}`);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    this.connections++;
    this.sockets.push(socket);
    socket.on('error', () => socket.destroy());
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 16 && rest.length >= rest.readUInt32BE(0)) {
        const length = rest.readUInt32BE(0);
        const pdu = smpp.PDU.fromBuffer(rest.subarray(0, length)) as PDU;
        rest = rest.subarray(length);
        this.received.push(pdu);
        this.handler(pdu, socket, this);
      }
    });
  }
}

/** Binds, answers enquire_link and unbind, and leaves the rest to `next`. */
export function polite(next: RawHandler = () => undefined): RawHandler {
  return (pdu, socket, smsc) => {
    if (pdu.command.startsWith('bind_') || pdu.command === 'enquire_link' || pdu.command === 'unbind') {
      socket.write(pdu.response({ system_id: 'raw' }).toBuffer());
      if (pdu.command === 'unbind') socket.end();
    } else next(pdu, socket, smsc);
  };
}

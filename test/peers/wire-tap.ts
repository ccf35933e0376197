import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const SUBMIT_SM = 0x04;
const UDHI = 0x40;
const CONCATENATED_8 = 0x00;

/** A submit_sm as it was on the wire, as far as it says what a phone will show. */
export interface SeenSubmit {
  to: string;
  dataCoding: number;
  /** There is a user data header. */
  hasHeader: boolean;
  /** The header without the reference of its concatenation, in hex; empty where there is none. */
  header: string;
  /** Of the concatenation; null where there is none. */
  reference: number | null;
  /** What follows the header, in hex. */
  text: string;
}

/**
 * Passes bytes between ESMEs and an SMSC, and reads every submit_sm that goes by with a parser of its own: neither our codec nor the
 * operator's package has a say in what was on the wire.
 */
export class WireTap {
  readonly submits: SeenSubmit[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async before(port: number): Promise<WireTap> {
    const server = createServer((socket) => tap.join(socket));
    const tap = new WireTap(server, port);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Parts to one number, in the order of their numbers. */
  to(number: string): SeenSubmit[] {
    const own = this.submits.filter(({ to }) => to === number);
    return own.sort((one, other) => (one.header < other.header ? -1 : 1));
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(esme: Socket): void {
    const smsc = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [esme, smsc],
      [smsc, esme],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    let waiting = Buffer.alloc(0);
    esme.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (let length = 0; waiting.length >= 16; waiting = waiting.subarray(length)) {
        length = waiting.readUInt32BE(0);
        if (waiting.length < length) return;
        if (waiting.readUInt32BE(4) === SUBMIT_SM) this.submits.push(readSubmit(waiting.subarray(16, length)));
      }
    });
  }
}

/** The mandatory fields of SMPP 3.4, 4.4.1, in order. */
function readSubmit(body: Buffer): SeenSubmit {
  let at = 0;
  const octet = (): number => body[at++]!;
  const text = (): string => {
    const end = body.indexOf(0, at);
    const value = body.toString('latin1', at, end);
    at = end + 1;
    return value;
  };
  text(); // service_type
  at += 2;
  text(); // source_addr
  at += 2;
  const to = text();
  const esmClass = octet();
  at += 2; // protocol_id, priority_flag
  text(); // schedule_delivery_time
  text(); // validity_period
  at += 2; // registered_delivery, replace_if_present_flag
  const dataCoding = octet();
  at += 1; // sm_default_msg_id
  const length = octet();
  const message = body.subarray(at, at + length);
  const hasHeader = (esmClass & UDHI) !== 0;
  return { to, dataCoding, hasHeader, ...split(message, hasHeader) };
}

function split(message: Buffer, hasHeader: boolean): Pick<SeenSubmit, 'header' | 'reference' | 'text'> {
  if (!hasHeader) return { header: '', reference: null, text: message.toString('hex') };
  const header = Buffer.from(message.subarray(0, message[0]! + 1));
  const text = message.subarray(header.length).toString('hex');
  if (header[1] !== CONCATENATED_8) return { header: header.toString('hex'), reference: null, text };
  const reference = header[3]!;
  header[3] = 0;
  return { header: header.toString('hex'), reference, text };
}

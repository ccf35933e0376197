/** The part of the registry's `smpp` package (0.5.1) that is used here; it has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  export interface DecodedMessage {
    /** Text where the package knows the data_coding, else the octets. */
    message: string | Buffer;
    /** One buffer per information element: identifier, length, data. */
    udh?: Buffer[];
  }

  export class PDU {
    constructor(command: string, fields?: Record<string, unknown>);
    static fromBuffer(buffer: Buffer): PDU | false;
    command: string;
    command_status: number;
    sequence_number: number;
    system_id?: string;
    password?: string;
    message_id?: string;
    source_addr?: string;
    source_addr_ton?: number;
    source_addr_npi?: number;
    destination_addr?: string;
    esm_class?: number;
    data_coding?: number;
    validity_period?: string | Date;
    registered_delivery?: number;
    short_message?: DecodedMessage;
    message_payload?: DecodedMessage;
    sar_msg_ref_num?: number;
    sar_total_segments?: number;
    sar_segment_seqnum?: number;
    receipted_message_id?: string;
    message_state?: number;
    final_date?: string | Date;
    error_code?: number;
    response(fields?: Record<string, unknown>): PDU;
    toBuffer(): Buffer;
  }

  export class Session extends EventEmitter {
    socket: Socket;
    unbind(onResponse?: (response: PDU) => void): boolean;
    close(onClosed?: () => void): void;
    destroy(onClosed?: () => void): void;
    send(pdu: PDU): boolean;
    bind_transceiver(fields: Record<string, unknown>, onResponse: (response: PDU) => void): boolean;
    submit_sm(fields: Record<string, unknown>, onResponse: (response: PDU) => void): boolean;
    query_sm(fields: Record<string, unknown>, onResponse: (response: PDU) => void): boolean;
  }

  export class Server extends NetServer {
    sessions: Session[];
  }

  const smpp: {
    PDU: typeof PDU;
    connect(options: Record<string, unknown>): Session;
    createServer(options: Record<string, unknown>, onSession: (session: Session) => void): Server;
  };
  export default smpp;
}

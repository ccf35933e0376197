import smpp, { type PDU, type Session } from 'smpp';

export interface LeanReport {
  providerId: string;
  acknowledge(): void;
}

/** One session of the registry's `smpp` package, as it is. */
export class LeanSmpp {
  private constructor(private readonly session: Session) {}

  static bind(port: number): Promise<LeanSmpp> {
    return new Promise((resolve, reject) => {
      const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` });
      session.on('error', reject);
      session.on('connect', () => {
        session.bind_transceiver({ system_id: 'kabinet', password: 'sandbox' }, (pdu) => {
          if (pdu.command_status === 0) resolve(new LeanSmpp(session));
          else reject(new Error(`the bind was answered with ${pdu.command_status}`));
        });
      });
    });
  }

  /** Answers the id that the operator gave. */
  send(recipient: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.session.submit_sm(
        { destination_addr: recipient, source_addr: 'Lean', short_message: 'hello', registered_delivery: 1 },
        (pdu) => {
          if (pdu.command_status === 0) resolve(pdu.message_id ?? '');
          else reject(new Error(`the operator answered ${pdu.command_status}`));
        },
      );
    });
  }

  onReport(listener: (report: LeanReport) => void): void {
    this.session.on('deliver_sm', (pdu: PDU) => {
      const text = pdu.short_message?.message.toString() ?? '';
      const id = pdu.receipted_message_id ?? /id:(\S+)/.exec(text)?.[1] ?? '';
      listener({ providerId: id.replace(/\0+$/, ''), acknowledge: () => this.session.send(pdu.response()) });
    });
  }

  close(): void {
    this.session.close();
  }
}

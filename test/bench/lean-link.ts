import smpp, { type PDU, type Session } from 'smpp';
import type { LeanMessage, LeanStore } from './lean-store.js';

const WINDOW = 50;
const APPLY_EVERY_MS = 5;

/** The baselines' way out: the registry's `smpp` package with a window of 50, settlements and reports in batches. */
export class LeanLink {
  private readonly reports: { id: string; answer: () => void }[] = [];
  private readonly timer: NodeJS.Timeout;
  private applying = Promise.resolve();
  private delivered = 0;

  private constructor(
    private readonly store: LeanStore,
    private readonly session: Session,
  ) {
    session.on('deliver_sm', (pdu: PDU) => this.take(pdu));
    this.timer = setInterval(() => {
      this.applying = this.applying.then(() => this.apply());
    }, APPLY_EVERY_MS);
  }

  static async open(store: LeanStore, smppPort: number): Promise<LeanLink> {
    return new LeanLink(store, await bind(smppPort));
  }

  /** Submits messages and settles them. */
  async send(messages: readonly LeanMessage[]): Promise<void> {
    const answers: string[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: WINDOW }, async () => {
        while (next < messages.length) {
          const index = next++;
          answers[index] = await this.submit(messages[index]!);
        }
      }),
    );
    await this.store.settle(
      messages.map(({ id }) => id),
      answers,
    );
  }

  /** Resolves when the reports of so many messages were applied since the link was opened. */
  async allDelivered(count: number): Promise<void> {
    while (this.delivered < count) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.applying;
    this.session.close();
  }

  private take(pdu: PDU): void {
    const text = pdu.short_message?.message.toString() ?? '';
    const id = pdu.receipted_message_id ?? /id:(\S+)/.exec(text)?.[1] ?? '';
    this.reports.push({ id: id.replace(/\0+$/, ''), answer: () => this.session.send(pdu.response()) });
  }

  private async apply(): Promise<void> {
    const batch = this.reports.splice(0);
    if (batch.length === 0) return;
    await this.store.deliver(batch.map(({ id }) => id));
    for (const { answer } of batch) answer();
    this.delivered += batch.length;
  }

  private submit({ recipient, body }: LeanMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      this.session.submit_sm(
        { destination_addr: recipient, source_addr: 'Lean', short_message: body, registered_delivery: 1 },
        (pdu) => {
          if (pdu.command_status === 0) resolve(pdu.message_id ?? '');
          else reject(new Error(`the operator answered ${pdu.command_status}`));
        },
      );
    });
  }
}

function bind(port: number): Promise<Session> {
  return new Promise((resolve, reject) => {
    const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` });
    session.on('error', reject);
    session.on('connect', () => {
      session.bind_transceiver({ system_id: 'kabinet', password: 'sandbox' }, (pdu) => {
        if (pdu.command_status === 0) resolve(session);
        else reject(new Error(`the bind was answered with ${pdu.command_status}`));
      });
    });
  });
}

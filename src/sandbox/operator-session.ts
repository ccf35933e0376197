import type { PDU, Session } from 'smpp';

/** Wraps one session of the `smpp` package: writes of one turn leave together, and deliveries always end. */
export class OperatorSession {
  openDeliveries = 0;
  private readonly open = new Set<(status: number | null) => void>();
  private corked = false;
  private closed = false;

  constructor(
    readonly id: number,
    private readonly session: Session,
  ) {}

  /** False when the peer is gone: it was not told. */
  send(pdu: PDU): boolean {
    this.cork();
    return !this.closed && this.session.send(pdu);
  }

  /** `done` is called once: with the peer's status, or with null when it was not answered while the session lasted. */
  deliver(fields: Record<string, unknown>, done: (status: number | null) => void): void {
    this.openDeliveries++;
    const finish = (status: number | null): void => {
      if (!this.open.delete(finish)) return;
      this.openDeliveries--;
      done(status);
    };
    this.open.add(finish);
    this.cork();
    if (this.closed || !this.session.deliver_sm(fields, (response) => finish(response.command_status)))
      setImmediate(() => finish(null));
  }

  garbage(): void {
    this.session.socket.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
  }

  drop(): void {
    this.session.destroy();
  }

  unbind(): void {
    this.session.unbind(() => this.session.close());
  }

  /** To be called when the socket is closed. */
  end(): void {
    this.closed = true;
    for (const finish of this.open) finish(null);
  }

  private cork(): void {
    if (this.corked) return;
    this.corked = true;
    this.session.socket.cork();
    process.nextTick(() => {
      this.corked = false;
      this.session.socket.uncork();
    });
  }
}

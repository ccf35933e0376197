import type { Outcome } from './behaviour.js';
import type { Faults } from './faults.js';
import type { Journal } from './journal.js';
import type { OperatorSession } from './operator-session.js';
import type { Receipt } from './receipt-pdu.js';

/** A delivery report on its way to the peer. */
export interface Report {
  /** As a report of this operator writes ids. */
  id: string;
  /** The phone. */
  to: string;
  /** The sender the message had. */
  from: string;
  outcome: Outcome | 'enroute';
  submittedAt: Date;
  doneAt: Date;
  text: string;
}

const WORDS: Record<Report['outcome'], { stat: string; state: number; err: string }> = {
  delivered: { stat: 'DELIVRD', state: 2, err: '000' },
  expired: { stat: 'EXPIRED', state: 3, err: '027' },
  undelivered: { stat: 'UNDELIV', state: 5, err: '011' },
  rejected: { stat: 'REJECTD', state: 8, err: '064' },
  enroute: { stat: 'ENROUTE', state: 1, err: '000' },
  refused: { stat: 'REJECTD', state: 8, err: '064' },
  silent: { stat: 'UNKNOWN', state: 7, err: '000' },
};
/** How long after a refusal a report is tried again. */
const RETRY_MS = 300;

/**
 * Keeps every report until the peer has said "ok" to it: through windows, refusals, cut connections and times when nobody
 * is bound, as a real operator does.
 */
export class ReportDesk {
  private queue: Report[] = [];
  private sessions: OperatorSession[] = [];
  private turn = 0;
  private unanswered = 0;

  constructor(
    private readonly reportBy: 'tlv' | 'text' | 'both',
    private readonly window: number,
    private readonly faults: Faults,
    private readonly journal: Journal,
  ) {}

  get pending(): number {
    return this.queue.length + this.unanswered;
  }

  send(report: Report): void {
    this.queue.push(report);
    if (this.faults.reports.duplicate) this.queue.push(report);
    this.pump();
  }

  attach(session: OperatorSession): void {
    this.sessions.push(session);
    this.pump();
  }

  detach(session: OperatorSession): void {
    this.sessions = this.sessions.filter((other) => other !== session);
  }

  pump(): void {
    if (this.faults.reports.paused) return;
    let next = 0;
    for (; next < this.queue.length; next++) {
      const session = this.freeSession();
      if (!session) break;
      this.deliver(session, this.queue[next]!);
    }
    if (next > 0) this.queue = this.queue.slice(next);
  }

  private freeSession(): OperatorSession | null {
    for (let tried = 0; tried < this.sessions.length; tried++) {
      const session = this.sessions[this.turn++ % this.sessions.length]!;
      if (session.openDeliveries < this.window) return session;
    }
    return null;
  }

  private deliver(session: OperatorSession, report: Report): void {
    this.unanswered++;
    this.journal.stats.reportsSent++;
    session.deliverReceipt(receiptOf(report, this.reportBy), (status) => {
      this.unanswered--;
      if (status !== null)
        this.journal.report({
          event: 'report',
          at: new Date().toISOString(),
          session: session.id,
          systemId: session.systemId,
          id: report.id,
          to: report.to,
          state: WORDS[report.outcome].stat,
          status,
        });
      if (status === null) this.queue.push(report);
      else if (status !== 0) setTimeout(() => this.requeue(report), RETRY_MS);
      this.pump();
    });
  }

  private requeue(report: Report): void {
    this.queue.push(report);
    this.pump();
  }
}

function receiptOf(report: Report, by: 'tlv' | 'text' | 'both'): Receipt {
  const { stat, state, err } = WORDS[report.outcome];
  const delivered = report.outcome === 'delivered' ? '001' : '000';
  const text =
    `id:${report.id} sub:001 dlvrd:${delivered} submit date:${shortDate(report.submittedAt)} ` +
    `done date:${shortDate(report.doneAt)} stat:${stat} err:${err} text:${excerpt(report.text)}`;
  return {
    source: report.to,
    destination: report.from,
    esmClass: report.outcome === 'enroute' ? 0x20 : 0x04,
    text: by === 'tlv' ? '' : text,
    receiptedMessageId: by === 'text' ? null : report.id,
    messageState: by === 'text' ? null : state,
    networkError: by === 'text' || Number(err) === 0 ? null : Number(err),
  };
}

/** ASCII, as reports are. */
const excerpt = (text: string): string => text.slice(0, 20).replace(/[^ -~]/g, '.');

/** YYMMDDhhmm, UTC. */
function shortDate(date: Date): string {
  const minute = Math.floor(date.getTime() / 60_000);
  if (minute !== lastDate.minute) lastDate = { minute, text: date.toISOString().slice(2, 16).replace(/\D/g, '') };
  return lastDate.text;
}
let lastDate = { minute: -1, text: '' };

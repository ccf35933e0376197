/**
 * What goes wrong with the next submits. `accepted` (default true) tells whether the operator took the message over before
 * it failed to say so, which is what makes an outcome unknown.
 */
export interface SubmitFault {
  action: 'refuse' | 'throttle' | 'never_answer' | 'answer_late' | 'drop' | 'garbage';
  /** Submits it applies to; default 1. */
  count?: number;
  /** Only submits to numbers that end so. */
  to?: string;
  /** command_status of `refuse`; default 0x0b. */
  status?: number;
  /** Of `answer_late`. */
  delayMs?: number;
  accepted?: boolean;
}

export interface ReportFaults {
  /** Reports wait until this is false again. */
  paused: boolean;
  /** Every report is sent twice. */
  duplicate: boolean;
  /** Reports are delayed at random by up to 300 ms more. */
  shuffle: boolean;
  /** A report leaves before its submit is answered. */
  beforeAnswer: boolean;
  /** A note on the way comes before each final report. */
  intermediate: boolean;
}

/**
 * How query_sm is answered: `known`, with the state; `nack`: generic_nack as by a peer that does not know the command, `blind_nack`: without
 * its number; `invalid_command`: the same as an answer; `never`; `hang_up`.
 */
export type QueryAnswers = 'known' | 'nack' | 'blind_nack' | 'invalid_command' | 'never' | 'hang_up';

/** One order to the operator; fields that are absent change nothing. */
export interface FaultOrder {
  next?: SubmitFault[];
  reports?: Partial<ReportFaults>;
  /** Answers the next binds with this status. */
  bind?: { status: number; count: number };
  /** Cuts every connection now. */
  dropConnections?: boolean;
  /** Asks every session to unbind now. */
  unbind?: boolean;
  /** false: connections are refused from now on. */
  listening?: boolean;
  /** enquire_link is no longer answered. */
  deaf?: boolean;
  queries?: QueryAnswers;
}

/** The faults that are in force. */
export class Faults {
  reports: ReportFaults = noReportFaults();
  deaf = false;
  queries: QueryAnswers = 'known';
  private next: (SubmitFault & { count: number })[] = [];
  private bind = { status: 0, count: 0 };

  apply(order: FaultOrder): void {
    for (const fault of order.next ?? []) this.next.push({ ...fault, count: fault.count ?? 1 });
    Object.assign(this.reports, order.reports);
    if (order.bind) this.bind = { ...order.bind };
    if (order.deaf !== undefined) this.deaf = order.deaf;
    if (order.queries !== undefined) this.queries = order.queries;
  }

  reset(): void {
    this.reports = noReportFaults();
    this.next = [];
    this.bind = { status: 0, count: 0 };
    this.deaf = false;
    this.queries = 'known';
  }

  /** The fault that befalls a submit to this number, used up by it. */
  takeForSubmit(to: string): SubmitFault | null {
    const index = this.next.findIndex((fault) => to.endsWith(fault.to ?? ''));
    if (index < 0) return null;
    const fault = this.next[index]!;
    if (--fault.count === 0) this.next.splice(index, 1);
    return fault;
  }

  /** The status to answer a bind with; 0 for none. */
  takeForBind(): number {
    if (this.bind.count === 0) return 0;
    this.bind.count--;
    return this.bind.status;
  }
}

const noReportFaults = (): ReportFaults => ({
  paused: false,
  duplicate: false,
  shuffle: false,
  beforeAnswer: false,
  intermediate: false,
});

import type { Outcome } from './behaviour.js';

/** What became, or will become, of a message that the operator took over. */
export interface Fate {
  systemId: string;
  /** The sender, as it was given. */
  from: string;
  outcome: Outcome;
  /** When that is known; null: not yet. */
  doneAt: Date | null;
}

/** message_state and error_code by outcome. Of what is silent only the report is missing: the phone has it. */
const FINAL: Record<Outcome, readonly [state: number, error: number]> = {
  delivered: [2, 0],
  silent: [2, 0],
  expired: [3, 27],
  undelivered: [5, 11],
  rejected: [8, 64],
  refused: [8, 64],
};
const ENROUTE = [1, 0] as const;

/** Remembers messages by the id that was answered, the newest, so that whoever sent one can ask about it. */
export class Fates {
  private readonly fates = new Map<string, Fate>();

  constructor(private readonly limit: number) {}

  add(id: string, fate: Fate): void {
    this.fates.set(id, fate);
    if (this.fates.size > this.limit) this.fates.delete(this.fates.keys().next().value!);
  }

  end(id: string, at: Date): void {
    const fate = this.fates.get(id);
    if (fate) fate.doneAt = at;
  }

  /**
   * The fields of query_sm_resp; null for an id that is nobody's, somebody else's, or of another sender. No sender at all asks for
   * whichever it was.
   */
  stateOf(systemId: string, id: string, from: string): Record<string, unknown> | null {
    const fate = this.fates.get(id);
    if (!fate || fate.systemId !== systemId || (from !== '' && from !== fate.from)) return null;
    const { doneAt, outcome } = fate;
    const [state, error] = doneAt ? FINAL[outcome] : ENROUTE;
    return { message_id: id, final_date: doneAt ?? '', message_state: state, error_code: error };
  }
}

import { FINAL_STATES } from './transitions.js';
import type { MessageState } from './message.js';

/** Where a part is. Rows exist only for parts that left, or may have left. */
export type PartState =
  | 'submitting'
  | 'submitted'
  | 'delivered'
  | 'undelivered'
  | 'expired'
  | 'rejected'
  | 'not_sent'
  | 'unknown';

/** What a report says, in our words. */
export interface ReportedStatus {
  status: 'submitted' | 'delivered' | 'undelivered' | 'expired' | 'rejected' | 'unknown';
  intermediate: boolean;
}

/** How a report is recorded. */
export type ReportOutcome = 'applied' | 'intermediate' | 'duplicate' | 'contradicting' | 'ambiguous' | 'unmatched';

const FINAL_PART: readonly PartState[] = ['delivered', 'undelivered', 'expired', 'rejected'];

/**
 * What a report does to its part: states only move forward. A final state absorbs what comes later, except that `expired`,
 * and of course `unknown`, become `delivered` when the phone had the message after all.
 */
export function applyToPart(part: PartState, report: ReportedStatus): { outcome: ReportOutcome; part: PartState } {
  if (report.intermediate || report.status === 'submitted') {
    // An unknown part that the provider says it has is known again.
    const known = part === 'unknown' || part === 'submitting' ? 'submitted' : part;
    return { outcome: 'intermediate', part: known };
  }
  if (part === report.status) return { outcome: 'duplicate', part };
  if (part === 'expired' && report.status === 'delivered') return { outcome: 'applied', part: 'delivered' };
  if (FINAL_PART.includes(part)) return { outcome: 'contradicting', part };
  return { outcome: 'applied', part: report.status };
}

/**
 * The state of a message from its parts, or null when they move it nowhere: any undelivered, expired or rejected part decides
 * at once (the worst first), delivered needs all of them, and one that the provider does not know leaves it unknown.
 *
 * @param partsTotal how many the message has; fewer rows than that means that some never left, and nothing is decided yet
 */
export function stateFromParts(
  message: MessageState,
  parts: readonly PartState[],
  partsTotal: number,
): MessageState | null {
  const next = reachedBy(parts, partsTotal);
  if (next === null || next === message) return null;
  if (message === 'submitted') return next === 'submitted' ? null : next;
  if (message === 'unknown') return next;
  return message === 'expired' && next === 'delivered' ? 'delivered' : null;
}

function reachedBy(parts: readonly PartState[], partsTotal: number): MessageState | null {
  for (const worst of ['rejected', 'undelivered', 'expired'] as const) if (parts.includes(worst)) return worst;
  if (parts.length < partsTotal || parts.includes('not_sent')) return null;
  if (parts.every((part) => part === 'delivered')) return 'delivered';
  if (parts.includes('submitting')) return null;
  return parts.includes('unknown') ? 'unknown' : 'submitted';
}

/** Whether a message in this state can still change. */
export function isFinal(state: MessageState): boolean {
  return FINAL_STATES.includes(state);
}

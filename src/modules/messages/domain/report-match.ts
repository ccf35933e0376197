/** A part that a provider's id stands for. */
export interface PartCandidate {
  accountId: string;
  messageId: string;
  attemptId: string;
  partNo: number;
}

/** What a report is about: one or all parts of one attempt, several attempts (nobody can say which), or nothing known. */
export type ReportMatch =
  | { kind: 'parts'; accountId: string; messageId: string; attemptId: string; partNos: number[] }
  | { kind: 'ambiguous' }
  | { kind: 'none' };

/** What tells attempts under one id apart. */
export interface CandidateFacts {
  recipient: string;
  /** A final report would change nothing any more. */
  settled: boolean;
}

/**
 * Picks the attempt that a report is about among those with its id. One to another number is none of them, be it the only one: SMSCs
 * that repeat ids also report before the submit's own answer is known, and such a report waits for its own. Several to the number are
 * told apart by which still waits for a report; if that leaves more than one, the report is applied to none.
 */
export function matchReport(
  report: { to?: string; from?: string; partNo?: number },
  candidates: readonly PartCandidate[],
  facts: (candidate: PartCandidate) => CandidateFacts | null,
): ReportMatch {
  const attempts = new Map<string, PartCandidate[]>();
  for (const candidate of candidates)
    attempts.set(candidate.attemptId, [...(attempts.get(candidate.attemptId) ?? []), candidate]);
  const chosen = tellApart(report, [...attempts.values()], facts);
  if (chosen.length === 0) return { kind: 'none' };
  if (chosen.length > 1) return { kind: 'ambiguous' };
  const parts = chosen[0]!.filter(({ partNo }) => report.partNo === undefined || partNo === report.partNo);
  const [first] = parts;
  if (!first) return { kind: 'none' };
  const { accountId, messageId, attemptId } = first;
  return {
    kind: 'parts',
    accountId,
    messageId,
    attemptId,
    partNos: parts.map(({ partNo }) => partNo).sort((a, b) => a - b),
  };
}

function tellApart(
  report: { to?: string; from?: string },
  attempts: PartCandidate[][],
  facts: (candidate: PartCandidate) => CandidateFacts | null,
): PartCandidate[][] {
  // Nobody to compare with: what it has is its id.
  if (phoneOf(report.to) === null) return attempts;
  const exact = attempts.filter(([candidate]) => facts(candidate!)?.recipient === report.to);
  const own = exact.length > 0 ? exact : attempts.filter(([candidate]) => isAbout(report, facts(candidate!)));
  if (own.length <= 1) return own;
  const waiting = own.filter(([candidate]) => facts(candidate!)?.settled === false);
  return waiting.length === 1 ? waiting : own;
}

/** Peers write numbers with a plus, zeros or a national prefix before them, and some leave both addresses as they were sent. */
function isAbout(report: { to?: string; from?: string }, facts: CandidateFacts | null): boolean {
  const recipient = phoneOf(facts?.recipient);
  return recipient !== null && [report.to, report.from].some((address) => phoneOf(address) === recipient);
}

const LEAST_DIGITS = 7;
const COMPARED_DIGITS = 8;

/** The end of a telephone number; null for what is none, such as the name of a sender. */
function phoneOf(address: string | undefined): string | null {
  if (address === undefined || /[^\d\s+()-]/.test(address)) return null;
  const digits = address.replace(/\D/g, '');
  return digits.length < LEAST_DIGITS ? null : digits.slice(-COMPARED_DIGITS);
}

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
 * Picks the attempt that a report is about among those with its id. Several are told apart by the recipient, then by which of
 * them still waits for a report; if that leaves more than one, the report is applied to none.
 */
export function matchReport(
  report: { to?: string; partNo?: number },
  candidates: readonly PartCandidate[],
  facts: (candidate: PartCandidate) => CandidateFacts | null,
): ReportMatch {
  const attempts = new Map<string, PartCandidate[]>();
  for (const candidate of candidates)
    attempts.set(candidate.attemptId, [...(attempts.get(candidate.attemptId) ?? []), candidate]);
  if (attempts.size === 0) return { kind: 'none' };
  const chosen = attempts.size === 1 ? [...attempts.values()] : tellApart(report, [...attempts.values()], facts);
  if (chosen.length !== 1) return { kind: 'ambiguous' };
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
  report: { to?: string },
  attempts: PartCandidate[][],
  facts: (candidate: PartCandidate) => CandidateFacts | null,
): PartCandidate[][] {
  const own = attempts.filter(([candidate]) => facts(candidate!)?.recipient === report.to);
  if (own.length <= 1) return own.length === 1 ? own : attempts;
  const waiting = own.filter(([candidate]) => facts(candidate!)?.settled === false);
  return waiting.length === 1 ? waiting : own;
}

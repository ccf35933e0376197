/**
 * What the provider said about the parts of one message, and what that makes of the message. The words are those of the
 * provider port, repeated here because rules know no other module.
 */
export type PartOutcome = { partNo: number } & (
  | { kind: 'submitted'; providerMessageId: string; costMicros?: bigint; currency?: string }
  | { kind: 'rejected'; code: string; detail: string; optedOut?: true }
  | { kind: 'not_sent'; reason: string; code: string; retryAfterMs?: number }
  | { kind: 'unknown'; code: string; detail: string }
);

/** `expired`: its validity was over when its turn came. */
export type MessageOutcome =
  | { kind: 'submitted' }
  | { kind: 'rejected'; code: string; detail: string }
  | { kind: 'unknown'; code: string; detail: string }
  | { kind: 'not_sent'; reason: string; code: string; retryAfterMs: number | null }
  | { kind: 'expired' };

/**
 * The outcome of a message from those of the parts that were tried now; parts that had left before are not among them. One
 * ambiguous part makes the whole message ambiguous, then one refused part refuses it, then one unsent part sends it back.
 */
export function outcomeOf(parts: readonly PartOutcome[]): MessageOutcome {
  const unknown = parts.find((part) => part.kind === 'unknown');
  if (unknown) return { kind: 'unknown', code: unknown.code, detail: unknown.detail };
  const rejected = parts.find((part) => part.kind === 'rejected');
  if (rejected) return { kind: 'rejected', code: rejected.code, detail: rejected.detail };
  // A part that was not tried because of another one tells nothing of its own.
  const unsent = parts.filter((part) => part.kind === 'not_sent');
  const cause = unsent.find((part) => part.reason !== STOPPED) ?? unsent[0];
  if (!cause) return { kind: 'submitted' };
  if (cause.reason === 'expired') return { kind: 'expired' };
  return { kind: 'not_sent', reason: cause.reason, code: cause.code, retryAfterMs: cause.retryAfterMs ?? null };
}

/** Reason of a part that was not tried: we are stopping, or another part of the message had failed already. */
export const STOPPED = 'stopped';

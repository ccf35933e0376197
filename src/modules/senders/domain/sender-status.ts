/**
 * requested → approved → revoked (by the operator) or withdrawn (by the account)
 *           → refused, withdrawn
 */
export const SENDER_STATUSES = ['requested', 'approved', 'refused', 'withdrawn', 'revoked'] as const;
export type SenderStatus = (typeof SENDER_STATUSES)[number];

/** What may be done to a sender, and what it must be for that. */
export const SENDER_MOVES = {
  approved: ['requested'],
  refused: ['requested'],
  revoked: ['approved'],
  withdrawn: ['requested', 'approved'],
} as const satisfies Partial<Record<SenderStatus, readonly SenderStatus[]>>;
export type SenderMove = keyof typeof SENDER_MOVES;

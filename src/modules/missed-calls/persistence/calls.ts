import type { Database, Tx } from '../../../database/database.js';

export interface CallRow {
  id: string;
  event_id: string;
  direction: string;
  outcome: string;
  caller: string | null;
  virtual_number: string;
  called_at: Date | null;
  received_at: Date;
  rule_id: string | null;
  result: 'apology' | 'skipped' | 'blocked';
  reason: string | null;
  message_id: string | null;
}

/**
 * Takes an event for this transaction; false when it was reported before. Whoever comes second at the same moment waits for
 * the first and then sees its row, so that one call is answered once.
 */
export async function claimCall(
  tx: Tx,
  accountId: string,
  call: Omit<CallRow, 'rule_id' | 'result' | 'reason' | 'message_id'>,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO call_events (account_id, id, event_id, direction, outcome, caller, virtual_number, called_at, received_at, result, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'skipped', 'undecided') ON CONFLICT (account_id, event_id) DO NOTHING RETURNING id`,
    [
      accountId,
      call.id,
      call.event_id,
      call.direction,
      call.outcome,
      call.caller,
      call.virtual_number,
      call.called_at,
      call.received_at,
    ],
  );
  return rows.length > 0;
}

/** What became of a claimed event, in the same transaction. */
export async function decideCall(
  tx: Tx,
  accountId: string,
  id: string,
  {
    ruleId,
    result,
    reason,
    messageId,
  }: { ruleId: string | null; result: CallRow['result']; reason: string | null; messageId: string | null },
): Promise<void> {
  await tx.query(
    `UPDATE call_events SET rule_id = $3, result = $4, reason = $5, message_id = $6 WHERE account_id = $1 AND id = $2`,
    [accountId, id, ruleId, result, reason, messageId],
  );
}

export function listCalls(
  on: Database,
  accountId: string,
  after: string | null,
  result: string | null,
  caller: string | null,
  limit: number,
): Promise<CallRow[]> {
  return on.query<CallRow & Record<string, unknown>>(
    `SELECT id, event_id, direction, outcome, caller, virtual_number, called_at, received_at, rule_id, result, reason, message_id
     FROM call_events WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR result = $3) AND ($4::text IS NULL OR caller = $4)
     ORDER BY id DESC LIMIT $5`,
    [accountId, after, result, caller, limit],
  );
}

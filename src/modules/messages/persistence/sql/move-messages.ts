import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/**
 * Moves messages from one state and charge state to the next, only where they still are in the one that the caller saw.
 * Answers how many it found: fewer than given means that somebody else moved one, and the transaction must not commit.
 *
 * $1 accounts, $2 messages, $3 states before, $4 charge states before, $5 states, $6 charge states, $7 reasons, $8 settling
 * entries, $9 refunding entries, $10 new due times, $11 whether the state is final, $12 now.
 */
export const MOVE_MESSAGES: Statement = {
  name: 'messages.move-messages',
  text: `
    WITH moved AS (
      UPDATE messages m
         SET state = i.state, charge_state = i.charge, reason = i.reason, state_at = $12,
             settle_entry_id = COALESCE(i.settle_entry_id, m.settle_entry_id),
             refund_entry_id = COALESCE(i.refund_entry_id, m.refund_entry_id),
             due_at = COALESCE(i.due_at, m.due_at),
             submitted_at = CASE WHEN i.state = 'submitted' THEN COALESCE(m.submitted_at, $12) ELSE m.submitted_at END,
             final_at = CASE WHEN i.final THEN $12 END
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[],
                    $10::timestamptz[], $11::boolean[])
               AS i (account_id, id, state_before, charge_before, state, charge, reason, settle_entry_id, refund_entry_id,
                     due_at, final)
       WHERE m.account_id = i.account_id AND m.id = i.id AND m.state = i.state_before AND m.charge_state = i.charge_before
         AND ${expectFew('i.account_id')}
      RETURNING 1
    )
    SELECT count(*)::int AS moved FROM moved`,
};

import type { Statement } from '../../../../database/database.js';

/** Reads the index report_inbox_due from its left end; SKIP LOCKED lets workers share the inbox without waiting. */
export const TAKE_REPORTS: Statement = {
  name: 'providers.take-reports',
  text: `
    SELECT id, provider_id, provider_message_id, status, intermediate, client_reference, part_no, sender, recipient,
           error_code, done_at, cost_micros, currency, operator, raw, received_at, tries, opted_out
    FROM report_inbox
    WHERE next_try_at <= $2
    ORDER BY next_try_at, id
    LIMIT $1
    FOR UPDATE SKIP LOCKED`,
};

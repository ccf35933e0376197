import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** A whole batch in one statement: what makes thousands of reports a second cheap is one commit for many of them. */
export const APPEND_REPORTS: Statement = {
  name: 'providers.append-reports',
  text: `
    INSERT INTO report_inbox (id, provider_id, provider_message_id, status, intermediate, client_reference, part_no, sender,
                              recipient, error_code, done_at, cost_micros, currency, operator, raw, received_at, opted_out, next_try_at)
    SELECT t.*, $18::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::smallint[], $8::text[],
                $9::text[], $10::text[], $11::timestamptz[], $12::bigint[], $13::text[], $14::text[], $15::text[],
                $16::timestamptz[], $17::boolean[]) AS t (id)
    WHERE ${expectFew('t.id')}`,
};

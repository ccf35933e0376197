import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** Adds changes to the roll-up, in the order given: whoever does the same at once takes the locks in the same order. */
export const ADD_UP: Statement = {
  name: 'statistics.add-up',
  text: `
    INSERT INTO message_statistics AS s (account_id, hour, source, lane, country, provider_id, state, charge_state, currency,
                                         messages, parts, micros)
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[],
                         $9::text[], $10::bigint[], $11::bigint[], $12::bigint[]) AS i (account_id)
     WHERE ${expectFew('i.account_id')}
    ON CONFLICT (account_id, hour, source, lane, country, provider_id, state, charge_state, currency) DO UPDATE
       SET messages = s.messages + EXCLUDED.messages, parts = s.parts + EXCLUDED.parts, micros = s.micros + EXCLUDED.micros`,
};

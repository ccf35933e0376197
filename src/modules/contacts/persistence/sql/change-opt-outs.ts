import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** $1 accounts, $2 numbers, $3 notes, $4 how it came, $5 now. Who is on the list already stays as he stands there. */
export const ADD_OPT_OUTS: Statement = {
  name: 'contacts.add-opt-outs',
  text: `
    INSERT INTO opt_outs (account_id, digits, note, source, created_at)
    SELECT n.*, $4::text, $5::timestamptz FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (account_id, digits, note)
     WHERE ${expectFew('n.account_id')}
    ON CONFLICT (account_id, digits) DO NOTHING`,
};

/** $1 accounts, $2 numbers. */
export const REMOVE_OPT_OUTS: Statement = {
  name: 'contacts.remove-opt-outs',
  text: `
    DELETE FROM opt_outs o USING unnest($1::uuid[], $2::text[]) AS n (account_id, digits)
     WHERE o.account_id = n.account_id AND o.digits = n.digits AND ${expectFew('n.account_id')}`,
};

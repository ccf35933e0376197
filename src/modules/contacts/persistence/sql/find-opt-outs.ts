import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** Which of these numbers are opted out, by primary key: one probe per pair, whatever the size of the list. */
export const FIND_OPT_OUTS: Statement = {
  name: 'contacts.find-opt-outs',
  text: `
    SELECT o.account_id, o.digits
    FROM unnest($1::uuid[], $2::text[]) AS wanted (account_id, digits)
    JOIN opt_outs o ON o.account_id = wanted.account_id AND o.digits = wanted.digits
    WHERE ${expectFew('wanted.account_id')}`,
};

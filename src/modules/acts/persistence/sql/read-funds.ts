import type { Statement } from '../../../../database/database.js';

/**
 * Everything but usage that changed a wallet, in the order of its history, with the side from which money came.
 * $1 account, $2 wallet, $3 up to this number of its history.
 */
export const READ_FUNDS: Statement = {
  name: 'acts.read-funds',
  text: `
    SELECT e.kind, e.subject_kind AS "subjectKind", e.subject_id AS "subjectId", a.amount_micros AS micros,
           c.ledger_account AS counter
    FROM ledger_entries e
    JOIN postings a ON a.account_id = e.account_id AND a.entry_id = e.id AND a.ledger_account = 'available'
    JOIN postings c ON c.account_id = e.account_id AND c.entry_id = e.id AND c.wallet_id IS NULL
    WHERE e.account_id = $1 AND e.wallet_id = $2 AND e.kind IN ('top_up', 'adjustment', 'bank_reversal')
      AND e.wallet_seq <= $3
    ORDER BY e.wallet_seq`,
};

export interface FundsRow {
  kind: 'top_up' | 'adjustment' | 'bank_reversal';
  subjectKind: string;
  subjectId: string;
  micros: bigint;
  counter: string;
}

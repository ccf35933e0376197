import type { Statement } from '../../../../database/database.js';
import { expectFew } from '../../../../database/expect-few.js';

/** Takes from reservations that this transaction has locked. $1 account ids, $2 reservation ids, $3 micros, side by side. */
export const DRAW_RESERVATIONS: Statement = {
  name: 'wallets.draw-reservations',
  text: `
    UPDATE reservations r
    SET remaining_micros = r.remaining_micros - d.micros
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS d (account_id, id, micros)
    WHERE r.account_id = d.account_id AND r.id = d.id AND ${expectFew('d.account_id')}`,
};

/** Gives back from one locked reservation, and closes it when asked. $1 account, $2 reservation, $3 micros, $4 close, $5 now. */
export const SHRINK_RESERVATION: Statement = {
  name: 'wallets.shrink-reservation',
  text: `
    UPDATE reservations
    SET remaining_micros = remaining_micros - $3::bigint,
        state = CASE WHEN $4::boolean THEN 'closed' ELSE state END,
        closed_at = CASE WHEN $4::boolean THEN $5::timestamptz ELSE closed_at END
    WHERE account_id = $1 AND id = $2`,
};

/** $1 account, $2 id, $3 wallet, $4 subject kind, $5 subject id, $6 micros, $7 now. */
export const INSERT_RESERVATION: Statement = {
  name: 'wallets.insert-reservation',
  text: `
    INSERT INTO reservations (account_id, id, wallet_id, subject_kind, subject_id, amount_micros, remaining_micros, state, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, 'open', $7)`,
};

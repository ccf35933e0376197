import type { Statement } from '../../../../database/database.js';

/** $1 line, $2 worker, $3 provider, $4 lease end. */
export const OPEN_LINE: Statement = {
  name: 'providers.open-line',
  text: `INSERT INTO sending_lines (id, worker, provider_id, lease_until) VALUES ($1, $2, $3, $4)`,
};

/** Renews leases of lines that nobody closed, and answers those. $1 lines, $2 lease end. */
export const RENEW_LINES: Statement = {
  name: 'providers.renew-lines',
  text: `
    UPDATE sending_lines SET lease_until = $2 WHERE id = ANY ($1::uuid[]) AND closed_at IS NULL RETURNING id`,
};

/** $1 lines. */
export const END_LINES: Statement = {
  name: 'providers.end-lines',
  text: `UPDATE sending_lines SET lease_until = '-infinity' WHERE id = ANY ($1::uuid[])`,
};

/**
 * Locks and closes one line whose lease has run out, or that somebody closed and did not finish: from then on its mark stands
 * still. $1 now, $2 lines that this process has.
 */
export const CLOSE_LAPSED_LINE: Statement = {
  name: 'providers.close-lapsed-line',
  text: `
    UPDATE sending_lines SET closed_at = COALESCE(closed_at, $1)
     WHERE id = (
       SELECT id FROM sending_lines
        WHERE (lease_until < $1 OR closed_at IS NOT NULL) AND id <> ALL ($2::uuid[])
        ORDER BY lease_until LIMIT 1
          FOR UPDATE SKIP LOCKED)
    RETURNING id, worker, mark`,
};

/** $1 line. */
export const DELETE_LINE: Statement = {
  name: 'providers.delete-line',
  text: `DELETE FROM sending_lines WHERE id = $1`,
};

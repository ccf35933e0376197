import type { Statement } from '../../../../database/database.js';

/**
 * Counts on the newest alert of the subject when that is open, or was closed a short while ago: what comes and goes is one thing.
 * $1 account, $2 kind, $3 subject, $4 reason, $5 detail, $6 when, $7 since when an alert that was closed is opened again.
 */
export const COUNT_AGAIN: Statement = {
  name: 'alerts.count-again',
  text: `
    UPDATE alerts SET reason = $4, detail = $5, last_at = $6, times = times + 1, resolved_at = NULL
    WHERE account_id = $1 AND id = (
      SELECT id FROM alerts WHERE account_id = $1 AND kind = $2 AND subject = $3
        AND (resolved_at IS NULL OR resolved_at > $7)
      ORDER BY id DESC LIMIT 1)
    RETURNING id`,
};

/** As above; $7 id. */
export const RAISE: Statement = {
  name: 'alerts.raise',
  text: `
    INSERT INTO alerts (account_id, kind, subject, reason, detail, raised_at, last_at, id)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
};

/** All that is open about a subject. $1 accounts, $2 subject, $3 when. */
export const RESOLVE: Statement = {
  name: 'alerts.resolve',
  text: `
    UPDATE alerts SET resolved_at = $3
    WHERE account_id = ANY($1::uuid[]) AND subject = $2 AND kind = ANY($4::text[]) AND resolved_at IS NULL`,
};

/** Newest first. $1 account, $2 before which id, $3 whether only open ones, $4 how many. */
export const LIST_ALERTS: Statement = {
  name: 'alerts.list',
  text: `
    SELECT id, kind, subject, reason, detail, times, raised_at, last_at, resolved_at FROM alerts
    WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) AND (NOT $3::boolean OR resolved_at IS NULL)
    ORDER BY id DESC LIMIT $4`,
};

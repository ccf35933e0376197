import type { Statement } from '../../../../database/database.js';

/** Of an active provider `p` whether some worker tries, and whether any of its links can send. */
const HEALTH = `
    health AS (
      SELECT p.id, p.status = 'active' AND count(b.provider_id) > 0 AS tried,
             p.status <> 'active' OR bool_or(b.state IN ('ready', 'throttled')) IS TRUE AS fine
        FROM providers p
        LEFT JOIN bind_leases b ON b.provider_id = p.id AND b.bind_no <= p.max_binds AND b.holder IS NOT NULL
                               AND b.lease_until >= now()
       GROUP BY p.id)`;

/** Begins to count for providers that are tried and have no link that can send. $1 now. */
export const NOTE_OUTAGES: Statement = {
  name: 'providers.note-outages',
  text: `
    WITH ${HEALTH}
    INSERT INTO provider_outages (provider_id, since)
    SELECT id, $1 FROM health WHERE tried AND NOT fine
    ON CONFLICT DO NOTHING`,
};

/** Ends what is over: a link can send again, or somebody paused the provider. Answers those that others had taken over from. */
export const END_OUTAGES: Statement = {
  name: 'providers.end-outages',
  text: `
    WITH ${HEALTH}, ended AS (
      DELETE FROM provider_outages o USING health h WHERE h.id = o.provider_id AND h.fine
      RETURNING o.provider_id, o.since, o.failing_at)
    SELECT e.provider_id AS id, p.owner_account_id AS "ownerAccountId", e.since
      FROM ended e JOIN providers p ON p.id = e.provider_id
     WHERE e.failing_at IS NOT NULL`,
};

/** Gives up on providers for which it has lasted too long; answers those. $1 now. */
export const GIVE_UP: Statement = {
  name: 'providers.give-up',
  text: `
    UPDATE provider_outages o SET failing_at = $1
      FROM providers p
     WHERE p.id = o.provider_id AND o.failing_at IS NULL AND o.since <= $1::timestamptz - make_interval(secs => p.failover_seconds)
    RETURNING p.id, p.owner_account_id AS "ownerAccountId", o.since`,
};

import type { Statement } from '../../../../database/database.js';

/** Minutes until the next look: 1, 2, 4 … 60. `probes` counts them until nothing was looked at for an hour. */
const NEXT_PROBE = (probes: string, now: string) =>
  `${now}::timestamptz + LEAST(power(2, LEAST(${probes}, 6)), 60) * interval '1 minute'`;

/**
 * Pauses a provider. $1 id, $2 version, $3 reason, $4 now. What was resumed lately and is paused again is looked at later each time.
 */
export const PAUSE: Statement = {
  name: 'providers.pause-provider',
  text: `
    UPDATE providers p
    SET status = 'paused', pause_reason = $3, probes = again.probes, probe_at = ${NEXT_PROBE('again.probes', '$4')},
        version = p.version + 1, updated_at = $4
    FROM (
      SELECT id, (CASE WHEN probe_at > $4::timestamptz - interval '1 hour' THEN probes ELSE 0 END)::smallint AS probes
      FROM providers WHERE id = $1) AS again
    WHERE p.id = again.id AND p.version = $2 AND p.status <> 'paused'
    RETURNING p.owner_account_id AS "ownerAccountId"`,
};

/** Those of $1 reasons that are due at $2, at most $3. */
export const SELECT_DUE_PROBES: Statement = {
  name: 'providers.select-due-probes',
  text: `
    SELECT id FROM providers
    WHERE status = 'paused' AND pause_reason = ANY($1::text[]) AND (probe_at IS NULL OR probe_at <= $2)
    ORDER BY probe_at NULLS FIRST LIMIT $3`,
};

/** $1 provider, $2 version, $3 now. */
export const POSTPONE_PROBE: Statement = {
  name: 'providers.postpone-probe',
  text: `
    UPDATE providers SET probes = LEAST(probes + 1, 1000), probe_at = ${NEXT_PROBE('probes + 1', '$3')}
    WHERE id = $1 AND version = $2`,
};

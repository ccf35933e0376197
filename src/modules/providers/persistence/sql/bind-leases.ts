import type { Statement } from '../../../../database/database.js';

/*
 * Leases of binds. The clock is the server's, the only one that all workers share: a worker whose own clock is wrong neither
 * keeps a lease too long nor takes one too early. `fence` grows with every holder and every new session.
 */

/** A row for every bind that a provider may have. Providers in $1, their number of binds in $2. */
export const ADD_BINDS: Statement = {
  name: 'providers.add-binds',
  text: `
    INSERT INTO bind_leases (provider_id, bind_no, lease_until, state_at)
    SELECT p.id, n, clock_timestamp(), clock_timestamp()
    FROM unnest($1::uuid[], $2::smallint[]) AS p(id, binds) CROSS JOIN LATERAL generate_series(1, p.binds) AS n
    ON CONFLICT DO NOTHING`,
};

/**
 * Takes at most one free bind of each provider, so that workers which start together share them. SKIP LOCKED: what another
 * worker is taking at this moment is not waited for.
 */
export const ACQUIRE_BINDS: Statement = {
  name: 'providers.acquire-binds',
  text: `
    UPDATE bind_leases b
    SET holder = $1, fence = b.fence + 1, lease_until = clock_timestamp() + $4 * interval '1 millisecond',
        state = 'connecting', state_at = clock_timestamp(), last_error = NULL, worker = $5, in_flight = NULL,
        window_size = NULL, retry_at = NULL, last_error_at = NULL
    FROM unnest($2::uuid[], $3::smallint[]) AS p(id, binds)
    CROSS JOIN LATERAL (
      SELECT l.provider_id, l.bind_no
      FROM bind_leases l
      WHERE l.provider_id = p.id AND l.bind_no <= p.binds AND (l.holder IS NULL OR l.lease_until < clock_timestamp())
      ORDER BY l.bind_no
      LIMIT 1
      FOR UPDATE SKIP LOCKED) AS free
    WHERE b.provider_id = free.provider_id AND b.bind_no = free.bind_no
    RETURNING b.provider_id, b.bind_no, b.fence`,
};

/** Heartbeat and state of what this worker holds; what does not come back is lost. */
export const RENEW_BINDS: Statement = {
  name: 'providers.renew-binds',
  text: `
    UPDATE bind_leases b
    SET lease_until = clock_timestamp() + $2 * interval '1 millisecond', state = m.state, state_at = m.state_at,
        last_error = m.last_error, last_error_at = m.last_error_at, retry_at = m.retry_at, in_flight = m.in_flight,
        window_size = m.window_size
    FROM unnest($3::uuid[], $4::smallint[], $5::bigint[], $6::text[], $7::timestamptz[], $8::text[], $9::timestamptz[],
                $10::timestamptz[], $11::int[], $12::int[])
         AS m(provider_id, bind_no, fence, state, state_at, last_error, last_error_at, retry_at, in_flight, window_size)
    WHERE b.provider_id = m.provider_id AND b.bind_no = m.bind_no AND b.fence = m.fence AND b.holder = $1
    RETURNING b.provider_id, b.bind_no, b.fence`,
};

/** A new session under the same lease gets a new fence, so that nobody mistakes it for the old one. */
export const REFENCE_BIND: Statement = {
  name: 'providers.refence-bind',
  text: `
    UPDATE bind_leases SET fence = fence + 1, state = 'connecting', state_at = clock_timestamp(), last_error = NULL
    WHERE provider_id = $2 AND bind_no = $3 AND fence = $4 AND holder = $1 AND lease_until > clock_timestamp()
    RETURNING fence`,
};

/** Gives a bind back. The last error stays, for people to read. */
export const RELEASE_BIND: Statement = {
  name: 'providers.release-bind',
  text: `
    UPDATE bind_leases
    SET holder = NULL, lease_until = clock_timestamp(), state = 'stopped', state_at = clock_timestamp(), last_error = $5
    WHERE provider_id = $2 AND bind_no = $3 AND fence = $4 AND holder = $1`,
};

import type { Statement } from '../../../../database/database.js';

/** Links by provider, as their workers wrote of them; a lapsed lease is nobody's. */
export const SUM_LINKS: Statement = {
  name: 'providers.sum-links',
  text: `
    SELECT p.id AS "providerId", count(b.provider_id) FILTER (WHERE held)::int AS held,
           count(*) FILTER (WHERE held AND b.state = 'ready')::int AS ready,
           count(*) FILTER (WHERE held AND b.state = 'throttled')::int AS throttled,
           COALESCE(sum(b.in_flight) FILTER (WHERE held), 0)::int AS "inFlight",
           COALESCE(sum(b.window_size) FILTER (WHERE held), 0)::int AS window
      FROM providers p
      LEFT JOIN bind_leases b ON b.provider_id = p.id AND b.bind_no <= p.max_binds
     CROSS JOIN LATERAL (SELECT b.holder IS NOT NULL AND b.lease_until >= now() AS held) h
     GROUP BY p.id`,
};

/** Beyond so many, a backlog is only shown as that: counting all of it would cost more the worse things are. */
export const MOST_COUNTED = 100_000;

/** Reports that are due, with when the oldest came; those that matched nothing so far. $1 now. */
export const COUNT_REPORTS: Statement = {
  name: 'providers.count-reports',
  text: `
    SELECT (SELECT count(*)::int FROM (SELECT 1 FROM report_inbox WHERE next_try_at <= $1 ORDER BY next_try_at, id
                                        LIMIT ${MOST_COUNTED}) d) AS due,
           (SELECT next_try_at FROM report_inbox WHERE next_try_at <= $1 ORDER BY next_try_at, id LIMIT 1) AS "oldestDueAt",
           (SELECT count(*)::int FROM (SELECT 1 FROM report_inbox WHERE tries > 0 ORDER BY id LIMIT ${MOST_COUNTED}) p) AS parked`,
};

import type { Statement } from '../../../../database/database.js';

const CALL = `take_rate_slots($1::text[], $2::float8[], $3::int, $4::float8, $5::float8, $6::float8)`;

/**
 * The work is done by the function of the migration, in one round trip; a transaction of its own. Slots are over before a
 * server that crashed is up again, so nobody waits for them to be on disk.
 */
export const TAKE_RATE_SLOTS: Statement = {
  name: 'providers.take-rate-slots',
  text: `
    SELECT now_ms, slots, ask_again, true AS marked, set_config('synchronous_commit', 'off', true) AS durability
      FROM ${CALL}`,
};

/**
 * The same for numbered requests of a line: the number of the last request that got a slot becomes the line's mark, unless
 * the line was closed. Durable: what lies below the mark is never sent again. $7 line, $8 the number of each request.
 */
export const TAKE_MARKED_SLOTS: Statement = {
  name: 'providers.take-marked-slots',
  text: `
    WITH booked AS MATERIALIZED (SELECT now_ms, slots, ask_again FROM ${CALL}),
    marked AS (
      UPDATE sending_lines l SET mark = GREATEST(l.mark, ($8::bigint[])[cardinality(b.slots)])
        FROM booked b
       WHERE l.id = $7 AND l.closed_at IS NULL AND cardinality(b.slots) > 0
      RETURNING l.id)
    SELECT now_ms, slots, ask_again, cardinality(slots) = 0 OR EXISTS (SELECT FROM marked) AS marked FROM booked`,
};

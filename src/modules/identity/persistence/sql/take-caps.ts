/**
 * Counts one more in every bucket that is not full yet, in bucket order (so that two callers never wait for each other in
 * a circle). A row comes back for each bucket that had room; fewer rows than buckets mean a refusal, and the
 * caller rolls back so that a refused try costs nothing. The row lock makes parallel tries count one by one.
 */
export const TAKE_CAPS = {
  name: 'identity.take-caps',
  text: `
    INSERT INTO attempt_counters AS c (bucket, window_start, window_end, count, cap)
    SELECT bucket, window_start, window_end, 1, cap
    FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::int[]) AS wanted (bucket, window_start, window_end, cap)
    WHERE cap > 0
    ORDER BY bucket, window_start
    ON CONFLICT (bucket, window_start) DO UPDATE SET count = c.count + 1, cap = excluded.cap
    WHERE c.count < excluded.cap
    RETURNING bucket`,
};

/** Takes back what {@link TAKE_CAPS} counted, after a success. */
export const GIVE_BACK_CAPS = {
  name: 'identity.give-back-caps',
  text: `
    UPDATE attempt_counters AS c SET count = c.count - 1
    FROM (SELECT bucket, window_start
          FROM unnest($1::text[], $2::timestamptz[]) AS taken (bucket, window_start)
          ORDER BY bucket, window_start) AS taken
    WHERE c.bucket = taken.bucket AND c.window_start = taken.window_start AND c.count > 0`,
};

import type { Statement } from '../../../../database/database.js';

/** The work is done by the function of the migration, in one round trip; a transaction of its own. */
export const TAKE_RATE_SLOTS: Statement = {
  name: 'providers.take-rate-slots',
  text: `
    SELECT now_ms, slots, ask_again
    FROM take_rate_slots($1::text[], $2::float8[], $3::int, $4::float8, $5::float8, $6::float8)`,
};

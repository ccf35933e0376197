import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

/** `tries` stops counting at its limit rather than failing a report that has been parked for very long. */
export const PARK_REPORTS: Statement = {
  name: 'providers.park-reports',
  text: `
    UPDATE report_inbox r SET next_try_at = $2, tries = LEAST(tries + 1, 32000)::smallint
    FROM unnest($1::uuid[]) AS k (id) WHERE r.id = k.id AND ${expectFew('k.id')}`,
};

import type { Statement } from '../../../../database/database.js';
import type { InboxRow } from '../inbox-row.js';

export interface ParkedRow extends InboxRow {
  next_try_at: Date;
}

const COLUMNS = `id, provider_id, provider_message_id, status, intermediate, client_reference, part_no, sender, recipient, error_code,
  done_at, cost_micros, currency, operator, raw, received_at, tries, opted_out, next_try_at`;

/** Reports that matched nothing so far, the oldest first. $1 provider (null: all), $2 behind which, $3 how many. */
export const LIST_PARKED: Statement = {
  name: 'providers.list-parked',
  text: `
    SELECT ${COLUMNS} FROM report_inbox
     WHERE tries > 0 AND ($1::uuid IS NULL OR provider_id = $1) AND id > $2
     ORDER BY id LIMIT $3`,
};

export const GET_PARKED: Statement = {
  name: 'providers.get-parked',
  text: `SELECT ${COLUMNS} FROM report_inbox WHERE id = $1 AND tries > 0`,
};

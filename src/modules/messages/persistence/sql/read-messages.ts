import type { Statement } from '../../../../database/database.js';
import type { Currency } from '../../../../kernel/money.js';
import type { ChargeState, Lane, MessageState } from '../../domain/message.js';

export interface MessageRow {
  id: string;
  group_id: string | null;
  source: string;
  lane: Lane;
  recipient: string;
  country: string | null;
  sender: string | null;
  body: string | null;
  encoding: 'gsm7' | 'ucs2' | null;
  parts: number;
  price_micros: bigint;
  currency: Currency;
  charge_state: ChargeState;
  state: MessageState;
  reason: string | null;
  reference: string | null;
  external_id: string | null;
  due_at: Date;
  valid_until: Date;
  created_at: Date;
  state_at: Date;
  submitted_at: Date | null;
}

/** With what only its own page shows. */
export interface WholeMessageRow extends MessageRow {
  provider_id: string | null;
  charge_on: 'submit' | 'delivery' | null;
  refund_undelivered: boolean | null;
  delivery_policy: string;
  hold_entry_id: string | null;
  settle_entry_id: string | null;
  refund_entry_id: string | null;
  final_at: Date | null;
}

export interface AttemptRow {
  id: string;
  provider_id: string;
  client_reference: string;
  repeat_reason: string | null;
  worker: string;
  error_detail: string | null;
  attempt_no: number;
  state: string;
  error_code: string | null;
  started_at: Date;
  finished_at: Date | null;
  parts: {
    part_no: number;
    state: string;
    error_code: string | null;
    state_at: string;
    provider_message_id: string | null;
  }[];
}

export interface ReportRow {
  id: string;
  provider_id: string;
  attempt_id: string | null;
  provider_message_id: string;
  intermediate: boolean;
  done_at: Date | null;
  raw: string;
  status: string;
  part_no: number | null;
  error_code: string | null;
  outcome: string;
  received_at: Date;
}

/**
 * What the mark of its line is past is on its way. Rows do not say so themselves; filters and totals count it as what it is there,
 * queued.
 */
const STATE = `
  CASE WHEN state IN ('queued', 'scheduled') AND EXISTS (
         SELECT FROM message_queue q JOIN sending_lines l ON l.id = q.claimed_by AND q.fence <= l.mark
          WHERE q.account_id = messages.account_id AND q.message_id = messages.id)
       THEN 'submitting' ELSE state END AS state`;

const COLUMNS = `id, group_id, source, lane, recipient, country, sender, body, encoding, parts, price_micros, currency, charge_state, ${STATE}, reason,
  reference, external_id, due_at, valid_until, created_at, state_at, submitted_at`;

/** Keyset by id, newest first; a period becomes bounds of the id, so that partitions prune. */
const list = (name: string, filter: string): Statement => ({
  name: `messages.list-${name}`,
  text: `
    SELECT ${COLUMNS} FROM messages
    WHERE account_id = $1 AND id < $2 AND id >= $3 AND ($4::text IS NULL OR state = $4) AND ($5::text IS NULL OR source = $5) ${filter}
    ORDER BY id DESC LIMIT $6`,
});

/** One statement per index: by number, by group, by id alone. $7 is the number or the group. */
export const LIST_MESSAGES = {
  all: list('all', ''),
  byRecipient: list('by-recipient', 'AND recipient = $7'),
  byGroup: list('by-group', 'AND group_id = $7'),
  byRecipientInGroup: list('by-recipient-in-group', 'AND recipient = $7 AND group_id = $8'),
};

export const GET_MESSAGE: Statement = {
  name: 'messages.get',
  text: `
    SELECT ${COLUMNS}, provider_id, charge_on, refund_undelivered, delivery_policy, hold_entry_id, settle_entry_id, refund_entry_id,
           final_at
      FROM messages WHERE account_id = $1 AND id = $2`,
};

/** Attempts begin after their message was made: the lower bound prunes older partitions. */
export const LIST_ATTEMPTS: Statement = {
  name: 'messages.list-attempts',
  text: `
    SELECT a.id, a.provider_id, a.client_reference, a.repeat_reason, a.worker, a.error_detail, a.attempt_no, a.state, a.error_code, a.started_at, a.finished_at,
           (SELECT COALESCE(jsonb_agg(jsonb_build_object('part_no', p.part_no, 'state', p.state, 'error_code', p.error_code, 'state_at', p.state_at,
                                                         'provider_message_id', p.provider_message_id)
                                      ORDER BY p.part_no), '[]')
            FROM attempt_parts p WHERE p.account_id = a.account_id AND p.attempt_id = a.id) AS parts
    FROM attempts a WHERE a.account_id = $1 AND a.message_id = $2 AND a.id >= $2 ORDER BY a.attempt_no`,
};

export const LIST_REPORTS: Statement = {
  name: 'messages.list-reports',
  text: `
    SELECT id, provider_id, attempt_id, provider_message_id, intermediate, done_at, raw, status, part_no, error_code, outcome,
           received_at
      FROM delivery_reports
    WHERE account_id = $1 AND message_id = $2 AND id >= $2 ORDER BY id LIMIT 200`,
};

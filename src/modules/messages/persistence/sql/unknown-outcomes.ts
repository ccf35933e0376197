import type { Statement } from '../../../../database/database.js';
import type { Currency } from '../../../../kernel/money.js';
import type { ChargeState, Lane } from '../../domain/message.js';

/** An outcome that has to be explained, with the parts of its attempt as they are known. */
export interface UnknownOutcome {
  accountId: string;
  messageId: string;
  attemptId: string;
  attemptNo: number;
  attemptState: 'submitting' | 'submitted' | 'rejected' | 'not_sent' | 'unknown';
  repeatReason: string | null;
  providerId: string;
  since: Date;
  parts: { partNo: number; state: string }[];
}

/** What has to be explained: $1 accounts, $2 messages, $3 attempts, $4 providers, $5 recipients, $6 since when, $7 until when. */
export const INSERT_UNKNOWN: Statement = {
  name: 'messages.insert-unknown',
  text: `
    INSERT INTO unknown_outcomes AS u (account_id, message_id, attempt_id, provider_id, recipient, since, deadline)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::timestamptz[])
    ON CONFLICT (account_id, message_id) DO UPDATE
       SET attempt_id = EXCLUDED.attempt_id, provider_id = EXCLUDED.provider_id, since = EXCLUDED.since,
           deadline = EXCLUDED.deadline, closed_at = NULL`,
};

/** Whose attempts these are, without a lock: $1 attempts. */
export const FIND_UNKNOWN_BY_ATTEMPT: Statement = {
  name: 'messages.find-unknown-by-attempt',
  text: `
    SELECT account_id AS "accountId", message_id AS "messageId", attempt_id AS "attemptId"
      FROM unknown_outcomes WHERE attempt_id = ANY ($1::uuid[])`,
};

/** Whose time is over, without a lock: $1 now, $2 how many. */
export const FIND_UNKNOWN_OVERDUE: Statement = {
  name: 'messages.find-unknown-overdue',
  text: `
    SELECT account_id AS "accountId", message_id AS "messageId"
      FROM unknown_outcomes WHERE deadline <= $1 AND closed_at IS NULL ORDER BY deadline LIMIT $2`,
};

/**
 * Outcomes that a report which matches no id may belong to: same provider, recipient and sender, begun before the report came.
 * Two of them are as good as many. $1 recipients, $2 providers, $3 senders, $4 when the reports came.
 */
export const FIND_UNKNOWN_BY_RECIPIENT: Statement = {
  name: 'messages.find-unknown-by-recipient',
  text: `
    SELECT r.n::int - 1 AS index, u.account_id AS "accountId", u.message_id AS "messageId", u.attempt_id AS "attemptId"
      FROM unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[]) WITH ORDINALITY
             AS r (recipient, provider_id, sender, received_at, n)
     CROSS JOIN LATERAL (
       SELECT u.account_id, u.message_id, u.attempt_id
         FROM unknown_outcomes u
         JOIN messages m ON m.account_id = u.account_id AND m.id = u.message_id AND m.sender = r.sender
        WHERE u.recipient = r.recipient AND u.provider_id = r.provider_id AND u.since <= r.received_at
        LIMIT 2) u`,
};

/** Open ones that are still there, read after their messages were locked: $1 accounts, $2 messages. */
export const READ_UNKNOWN: Statement = {
  name: 'messages.read-unknown',
  text: `
    SELECT u.account_id AS "accountId", u.message_id AS "messageId", u.attempt_id AS "attemptId", a.attempt_no AS "attemptNo",
           a.state AS "attemptState", a.repeat_reason AS "repeatReason", u.provider_id AS "providerId", u.since,
           (SELECT COALESCE(jsonb_agg(jsonb_build_object('partNo', p.part_no, 'state', p.state) ORDER BY p.part_no), '[]')
              FROM attempt_parts p WHERE p.account_id = u.account_id AND p.attempt_id = u.attempt_id) AS parts
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
      JOIN unknown_outcomes u ON u.account_id = k.account_id AND u.message_id = k.message_id AND u.closed_at IS NULL
      JOIN attempts a ON a.account_id = u.account_id AND a.id = u.attempt_id`,
};

/** An open outcome as operations sees it. */
export interface OpenOutcome {
  accountId: string;
  messageId: string;
  attemptId: string;
  providerId: string;
  attemptNo: number;
  repeatReason: string | null;
  errorCode: string | null;
  errorDetail: string | null;
  since: Date;
  deadline: Date;
  recipient: string;
  lane: Lane;
  parts: number;
  chargeState: ChargeState;
  priceMicros: bigint;
  currency: Currency;
  validUntil: Date;
}

const OPEN = `
      FROM unknown_outcomes u
     WHERE u.closed_at IS NULL AND ($1::uuid IS NULL OR u.provider_id = $1) AND ($2::uuid IS NULL OR u.account_id = $2)
       AND ($3::timestamptz IS NULL OR u.since >= $3) AND ($4::timestamptz IS NULL OR u.since < $4)
       AND (u.deadline >= $5 AND (u.deadline, u.message_id) > ($5::timestamptz, $6::uuid))
     ORDER BY u.deadline, u.message_id
     LIMIT $7`;

/**
 * Those nearest to their deadline first, by the index of open ones. $1 provider, $2 account (null: all), $3 and $4 bounds of when
 * they began (null: none), $5 and $6 behind which, $7 how many.
 */
export const LIST_UNKNOWN: Statement = {
  name: 'messages.list-unknown',
  text: `
    SELECT u.account_id AS "accountId", u.message_id AS "messageId", u.attempt_id AS "attemptId", u.provider_id AS "providerId",
           a.attempt_no AS "attemptNo", a.repeat_reason AS "repeatReason", a.error_code AS "errorCode",
           a.error_detail AS "errorDetail", u.since, u.deadline, u.recipient, m.lane, m.parts::int AS parts,
           m.charge_state AS "chargeState", m.price_micros AS "priceMicros", m.currency, m.valid_until AS "validUntil"
      FROM (SELECT u.* ${OPEN}) u
     CROSS JOIN LATERAL (SELECT * FROM messages m WHERE m.account_id = u.account_id AND m.id = u.message_id LIMIT 1) m
     CROSS JOIN LATERAL (SELECT * FROM attempts a WHERE a.account_id = u.account_id AND a.id = u.attempt_id LIMIT 1) a
     ORDER BY u.deadline, u.message_id`,
};

/** The same, keys only, to decide about many at once. */
export const FIND_OPEN_UNKNOWN: Statement = {
  name: 'messages.find-open-unknown',
  text: `SELECT u.account_id AS "accountId", u.message_id AS "messageId", u.deadline ${OPEN}`,
};

/** Open ones, up to a bound: it is for a gauge. */
export const COUNT_UNKNOWN: Statement = {
  name: 'messages.count-unknown',
  text: `
    SELECT count(*)::int AS count
      FROM (SELECT 1 FROM unknown_outcomes WHERE closed_at IS NULL ORDER BY deadline LIMIT 100000) u`,
};

/** Explained: $1 accounts, $2 messages. */
export const DELETE_UNKNOWN: Statement = {
  name: 'messages.delete-unknown',
  text: `
    DELETE FROM unknown_outcomes u
     USING unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
     WHERE u.account_id = k.account_id AND u.message_id = k.message_id`,
};

/** Not explained in time: $1 accounts, $2 messages, $3 now. */
export const CLOSE_UNKNOWN: Statement = {
  name: 'messages.close-unknown',
  text: `
    UPDATE unknown_outcomes u SET closed_at = $3
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
     WHERE u.account_id = k.account_id AND u.message_id = k.message_id`,
};

/** Forgets closed ones: $1 closed before. */
export const PURGE_UNKNOWN: Statement = {
  name: 'messages.purge-unknown',
  text: `DELETE FROM unknown_outcomes WHERE closed_at < $1`,
};

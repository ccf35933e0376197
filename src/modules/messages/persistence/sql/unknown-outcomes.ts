import type { Statement } from '../../../../database/database.js';

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

const COLUMNS = `
      u.account_id AS "accountId", u.message_id AS "messageId", u.attempt_id AS "attemptId", a.attempt_no AS "attemptNo",
      a.state AS "attemptState", a.repeat_reason AS "repeatReason", u.provider_id AS "providerId", u.since,
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('partNo', p.part_no, 'state', p.state) ORDER BY p.part_no), '[]')
         FROM attempt_parts p WHERE p.account_id = u.account_id AND p.attempt_id = u.attempt_id) AS parts`;

/** Whose attempts these are, without a lock: $1 attempts. */
export const FIND_UNKNOWN_BY_ATTEMPT: Statement = {
  name: 'messages.find-unknown-by-attempt',
  text: `SELECT account_id AS "accountId", message_id AS "messageId" FROM unknown_outcomes WHERE attempt_id = ANY ($1::uuid[])`,
};

/** Whose time is over, without a lock: $1 now, $2 how many. */
export const FIND_UNKNOWN_OVERDUE: Statement = {
  name: 'messages.find-unknown-overdue',
  text: `
    SELECT account_id AS "accountId", message_id AS "messageId"
      FROM unknown_outcomes WHERE deadline <= $1 ORDER BY deadline LIMIT $2`,
};

/** Those that are still there, read after their messages were locked: $1 accounts, $2 messages. */
export const READ_UNKNOWN: Statement = {
  name: 'messages.read-unknown',
  text: `
    SELECT ${COLUMNS}
      FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
      JOIN unknown_outcomes u ON u.account_id = k.account_id AND u.message_id = k.message_id
      JOIN attempts a ON a.account_id = u.account_id AND a.id = u.attempt_id`,
};

/** $1 accounts, $2 messages. */
export const DELETE_UNKNOWN: Statement = {
  name: 'messages.delete-unknown',
  text: `
    DELETE FROM unknown_outcomes u
     USING unnest($1::uuid[], $2::uuid[]) AS k (account_id, message_id)
     WHERE u.account_id = k.account_id AND u.message_id = k.message_id`,
};

import type { Statement } from '../../../../database/database.js';
import type { Sealed } from '../../../../config/sealing.js';
import type { EventType } from '../../domain/events.js';

export const DISABLED_REASONS = ['endpoint_failing', 'endpoint_gone'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export interface EndpointRow extends Record<string, unknown> {
  account_id: string;
  id: string;
  url: string;
  description: string | null;
  events: EventType[];
  enabled: boolean;
  secrets: Sealed;
  previous_secret_until: Date | null;
  failing_since: Date | null;
  disabled_reason: DisabledReason | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `account_id, id, url, description, events, enabled, secrets, previous_secret_until, failing_since, disabled_reason,
  version, created_at, updated_at`;

/** Oldest first. $1 account, $2 after which id, $3 how many. */
export const LIST_ENDPOINTS: Statement = {
  name: 'webhooks.list-endpoints',
  text: `SELECT ${COLUMNS} FROM webhook_endpoints WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
};

/** $1 account, $2 id. */
export const FIND_ENDPOINT: Statement = {
  name: 'webhooks.find-endpoint',
  text: `SELECT ${COLUMNS} FROM webhook_endpoints WHERE account_id = $1 AND id = $2`,
};

/** $1 account. */
export const COUNT_ENDPOINTS = `SELECT count(*)::int AS count FROM webhook_endpoints WHERE account_id = $1`;

export const INSERT_ENDPOINT = `
  INSERT INTO webhook_endpoints (account_id, id, url, description, events, enabled, secrets, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ${COLUMNS}`;

/** Another address, or being switched on, is a new start. $1 account, $2 id, $3 version. */
export const UPDATE_ENDPOINT = `
  UPDATE webhook_endpoints
     SET url = $4, description = $5, events = $6, enabled = $7, updated_at = $8, version = version + 1,
         failing_since = CASE WHEN url = $4 AND enabled = $7 THEN failing_since END,
         disabled_reason = CASE WHEN NOT $7 THEN disabled_reason END
   WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING ${COLUMNS}`;

/** $1 account, $2 id, $3 secrets, $4 until when the one before is used as well, $5 now. */
export const SET_SECRETS = `
  UPDATE webhook_endpoints SET secrets = $3, previous_secret_until = $4, updated_at = $5, version = version + 1
   WHERE account_id = $1 AND id = $2 RETURNING ${COLUMNS}`;

/** $1 account, $2 id. */
export const DELETE_ENDPOINT = `DELETE FROM webhook_endpoints WHERE account_id = $1 AND id = $2 RETURNING ${COLUMNS}`;

/** Locked against being deleted before what is due to them is written. $1 accounts, $2 type of event. */
export const FIND_SUBSCRIBED: Statement = {
  name: 'webhooks.find-subscribed',
  text: `
    SELECT account_id AS "accountId", id FROM webhook_endpoints
     WHERE account_id = ANY($1::uuid[]) AND enabled AND events @> ARRAY[$2::text]
     ORDER BY account_id, id FOR KEY SHARE`,
};

/** $1 account, $2 id. */
export const NOTE_SUCCESS: Statement = {
  name: 'webhooks.note-success',
  text: `
    UPDATE webhook_endpoints SET failing_since = NULL WHERE account_id = $1 AND id = $2 AND failing_since IS NOT NULL`,
};

/** $1 account, $2 id, $3 now. */
export const NOTE_FAILURE: Statement = {
  name: 'webhooks.note-failure',
  text: `UPDATE webhook_endpoints SET failing_since = $3 WHERE account_id = $1 AND id = $2 AND failing_since IS NULL`,
};

/** $1 account, $2 id, $3 reason, $4 only if it has been failing since then (null: in any case), $5 now. */
export const DISABLE_ENDPOINT: Statement = {
  name: 'webhooks.disable-endpoint',
  text: `
    UPDATE webhook_endpoints SET enabled = false, disabled_reason = $3, updated_at = $5, version = version + 1
     WHERE account_id = $1 AND id = $2 AND enabled AND ($4::timestamptz IS NULL OR failing_since <= $4)
     RETURNING url`,
};

import type { Sealed } from '../../../../config/sealing.js';
import type { Statement } from '../../../../database/database.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryRow extends Record<string, unknown> {
  event_id: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  next_try_at: Date | null;
  last_attempt_at: Date | null;
  last_status: number | null;
  last_error: string | null;
  delivered_at: Date | null;
  created_at: Date;
}

/** A delivery that is this process's until its lease ends, with all that it takes to send it. */
export interface ClaimedDelivery extends Record<string, unknown> {
  accountId: string;
  endpointId: string;
  eventId: string;
  /** Counts this one; whoever settles names it, so that a claim that was lost settles nothing. */
  attempts: number;
  attemptsBefore: number;
  url: string;
  secrets: Sealed;
  previousSecretUntil: Date | null;
  body: string;
}

const COLUMNS = `d.event_id, v.type, d.state, d.attempts, d.next_try_at, d.last_attempt_at, d.last_status, d.last_error, d.delivered_at,
  d.created_at`;
const FROM = `webhook_deliveries d JOIN webhook_events v ON v.account_id = d.account_id AND v.id = d.event_id`;

/** Told before: nothing. $1 accounts, $2 ids, $3 types, $4 bodies, $5 now. */
export const WRITE_EVENTS: Statement = {
  name: 'webhooks.write-events',
  text: `
    INSERT INTO webhook_events (account_id, id, type, body, created_at)
    SELECT e.account_id, e.id, e.type, e.body, $5
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS e (account_id, id, type, body)
    ON CONFLICT DO NOTHING`,
};

/** Told before: nothing. $1 accounts, $2 endpoints, $3 events, $4 now. */
export const WRITE_DELIVERIES: Statement = {
  name: 'webhooks.write-deliveries',
  text: `
    INSERT INTO webhook_deliveries (account_id, endpoint_id, event_id, state, next_try_at, created_at)
    SELECT d.account_id, d.endpoint_id, d.event_id, 'pending', $4, $4
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS d (account_id, endpoint_id, event_id)
    ON CONFLICT DO NOTHING`,
};

/**
 * Claims what is due: at most $3 of each endpoint and $2 in all, of those endpoints that fail or of those that do not ($4), but for $5,
 * which have some under way. The endpoints are found by leaping through the index from one to the next, so that those with a thousand
 * deliveries cost as much as those with one. Until $6 nobody else has them; $1 now.
 */
export const CLAIM_DELIVERIES: Statement = {
  name: 'webhooks.claim-deliveries',
  text: `
    WITH RECURSIVE waiting AS (
      (SELECT account_id, endpoint_id FROM webhook_deliveries WHERE state = 'pending'
        ORDER BY account_id, endpoint_id LIMIT 1)
      UNION ALL
      SELECT further.account_id, further.endpoint_id
        FROM waiting w
        CROSS JOIN LATERAL (
          SELECT d.account_id, d.endpoint_id FROM webhook_deliveries d
           WHERE d.state = 'pending' AND (d.account_id, d.endpoint_id) > (w.account_id, w.endpoint_id)
           ORDER BY d.account_id, d.endpoint_id LIMIT 1) AS further
    ), due AS MATERIALIZED (
      SELECT one.account_id, one.endpoint_id, one.event_id
        FROM waiting w
        JOIN webhook_endpoints e ON e.account_id = w.account_id AND e.id = w.endpoint_id
        CROSS JOIN LATERAL (
          SELECT d.account_id, d.endpoint_id, d.event_id, d.next_try_at FROM webhook_deliveries d
           WHERE d.account_id = w.account_id AND d.endpoint_id = w.endpoint_id AND d.state = 'pending' AND d.next_try_at <= $1
           ORDER BY d.next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS one
       WHERE e.enabled AND (e.failing_since IS NOT NULL) = $4::boolean AND e.id <> ALL($5::uuid[])
       ORDER BY one.next_try_at LIMIT $2
    )
    UPDATE webhook_deliveries d
       SET attempts = d.attempts + 1, last_attempt_at = $1, next_try_at = $6, sending_until = $6
      FROM due
      JOIN webhook_endpoints e ON e.account_id = due.account_id AND e.id = due.endpoint_id
      JOIN webhook_events v ON v.account_id = due.account_id AND v.id = due.event_id
     WHERE d.account_id = due.account_id AND d.endpoint_id = due.endpoint_id AND d.event_id = due.event_id
    RETURNING d.account_id AS "accountId", d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.attempts,
              d.attempts_before AS "attemptsBefore", e.url, e.secrets, e.previous_secret_until AS "previousSecretUntil", v.body`,
};

/** $1 account, $2 endpoint, $3 event, $4 attempt, $5 state, $6 status, $7 error, $8 next try, $9 delivered at. */
export const SETTLE_DELIVERY: Statement = {
  name: 'webhooks.settle-delivery',
  text: `
    UPDATE webhook_deliveries
       SET state = $5, last_status = $6, last_error = $7, next_try_at = $8, delivered_at = $9, sending_until = NULL
     WHERE account_id = $1 AND endpoint_id = $2 AND event_id = $3 AND attempts = $4 AND state = 'pending'`,
};

/** Newest first. $1 account, $2 endpoint, $3 before which event (null: all), $4 state (null: any), $5 how many. */
export const LIST_DELIVERIES: Statement = {
  name: 'webhooks.list-deliveries',
  text: `
    SELECT ${COLUMNS} FROM ${FROM}
     WHERE d.account_id = $1 AND d.endpoint_id = $2 AND ($3::uuid IS NULL OR d.event_id < $3) AND ($4::text IS NULL OR d.state = $4)
     ORDER BY d.event_id DESC LIMIT $5`,
};

/** $1 account, $2 endpoint, $3 event. */
export const FIND_DELIVERY: Statement = {
  name: 'webhooks.find-delivery',
  text: `SELECT ${COLUMNS}, v.body FROM ${FROM} WHERE d.account_id = $1 AND d.endpoint_id = $2 AND d.event_id = $3`,
};

/** Due at once and with all tries before it, unless it is under way. $1 account, $2 endpoint, $3 event, $4 now. */
export const REDELIVER = `
  UPDATE webhook_deliveries
     SET state = 'pending', next_try_at = $4, attempts_before = attempts, delivered_at = NULL, sending_until = NULL
   WHERE account_id = $1 AND endpoint_id = $2 AND event_id = $3
     AND (state <> 'pending' OR sending_until IS NULL OR sending_until <= $4)`;

/** What waits of an endpoint that is switched on again is due at once, with all tries before it. $1 account, $2 endpoint, $3 now. */
export const HURRY_PENDING = `
  UPDATE webhook_deliveries SET next_try_at = LEAST(next_try_at, $3), attempts_before = attempts
   WHERE account_id = $1 AND endpoint_id = $2 AND state = 'pending' AND (sending_until IS NULL OR sending_until <= $3)`;

/** Deliveries go with their events. $1 before when, $2 how many at once. */
export const FORGET_EVENTS: Statement = {
  name: 'webhooks.forget-events',
  text: `
    DELETE FROM webhook_events
     WHERE (account_id, id) IN (SELECT account_id, id FROM webhook_events WHERE created_at < $1 ORDER BY created_at LIMIT $2)
    RETURNING 1 AS one`,
};

import type { Tx } from '../../../database/database.js';
import type { Micros } from '../../../kernel/money.js';
import { type Period, type Subscription, SUBSCRIPTION_STATUSES } from '../domain/subscription.js';

type Reader = Pick<Tx, 'query'>;
type Key = Pick<Subscription, 'accountId' | 'id'>;

const COLUMNS = `
  account_id AS "accountId", id, service_id AS "serviceId", kind, status, bought_by AS "boughtBy", time_zone AS "timeZone",
  anchor_day::text AS "anchorDay", currency, price_micros AS "priceMicros", period_no AS "periodNo", period_start AS "periodStart",
  period_end AS "periodEnd", cancel_at_period_end AS "cancelAtPeriodEnd", next_at AS "nextAt", grace_until AS "graceUntil",
  ended_at AS "endedAt", created_at AS "createdAt"`;

export type NewSubscription = Pick<
  Subscription,
  'accountId' | 'id' | 'serviceId' | 'kind' | 'boughtBy' | 'timeZone' | 'anchorDay' | 'currency' | 'priceMicros'
>;

/** Null when the account has the service already; a purchase that has not committed yet is waited for. */
export async function insertSubscription(tx: Tx, row: NewSubscription, period: Period): Promise<Subscription | null> {
  const [inserted] = await tx.query<Subscription>(
    `INSERT INTO subscriptions (account_id, id, service_id, kind, status, bought_by, time_zone, anchor_day, currency, price_micros,
                                period_no, period_start, period_end, next_at, created_at, updated_at)
     VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10, $11, $12, $12, $11, $11)
     ON CONFLICT DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      row.accountId,
      row.id,
      row.serviceId,
      row.kind,
      row.boughtBy,
      row.timeZone,
      row.anchorDay,
      row.currency,
      row.priceMicros,
      period.no,
      period.startsAt,
      period.endsAt,
    ],
  );
  return inserted ?? null;
}

/** What a charge paid for. `entryId` is null where the price was zero. */
export async function insertPeriod(
  tx: Tx,
  { accountId, id, currency }: Pick<Subscription, 'accountId' | 'id' | 'currency'>,
  period: Period,
  { priceMicros, entryId }: { priceMicros: Micros; entryId: string | null },
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO subscription_periods (account_id, subscription_id, period_no, starts_at, ends_at, currency, price_micros, entry_id, charged_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [accountId, id, period.no, period.startsAt, period.endsAt, currency, priceMicros, entryId, now],
  );
}

/** Waits for whoever has it; null when it is over, or not there. */
export async function lockRunning(tx: Tx, { accountId, id }: Key): Promise<Subscription | null> {
  const [row] = await tx.query<Subscription>(
    `SELECT ${COLUMNS} FROM subscriptions
     WHERE account_id = $1 AND id = $2 AND status IN ('active', 'waiting_funds')
     FOR NO KEY UPDATE`,
    [accountId, id],
  );
  return row ?? null;
}

/** The next period was charged. */
export async function advance(
  tx: Tx,
  { accountId, id }: Key,
  { no, startsAt, endsAt }: Period,
  priceMicros: Micros,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE subscriptions
     SET status = 'active', period_no = $3, period_start = $4, period_end = $5, next_at = $5, price_micros = $6, grace_until = NULL,
         version = version + 1, updated_at = $7
     WHERE account_id = $1 AND id = $2`,
    [accountId, id, no, startsAt, endsAt, priceMicros, now],
  );
}

export async function waitForFunds(
  tx: Tx,
  { accountId, id }: Key,
  { graceUntil, nextAt }: { graceUntil: Date; nextAt: Date },
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE subscriptions
     SET status = 'waiting_funds', grace_until = $3, next_at = $4, version = version + 1, updated_at = $5
     WHERE account_id = $1 AND id = $2`,
    [accountId, id, graceUntil, nextAt, now],
  );
}

export async function finish(
  tx: Tx,
  { accountId, id }: Key,
  { status, at }: { status: 'cancelled' | 'ended'; at: Date },
  now: Date,
): Promise<Subscription> {
  const [row] = await tx.query<Subscription>(
    `UPDATE subscriptions
     SET status = $3, ended_at = $4, next_at = NULL, grace_until = NULL, version = version + 1, updated_at = $5
     WHERE account_id = $1 AND id = $2
     RETURNING ${COLUMNS}`,
    [accountId, id, status, at, now],
  );
  return row!;
}

export async function cancelAtEnd(tx: Tx, { accountId, id }: Key, now: Date): Promise<Subscription> {
  const [row] = await tx.query<Subscription>(
    `UPDATE subscriptions SET cancel_at_period_end = true, version = version + 1, updated_at = $3
     WHERE account_id = $1 AND id = $2
     RETURNING ${COLUMNS}`,
    [accountId, id, now],
  );
  return row!;
}

export async function findSubscription(on: Reader, { accountId, id }: Key): Promise<Subscription | null> {
  const [row] = await on.query<Subscription>(`SELECT ${COLUMNS} FROM subscriptions WHERE account_id = $1 AND id = $2`, [
    accountId,
    id,
  ]);
  return row ?? null;
}

/** Whether a service of the account runs at an instant. */
export async function hasRunning(on: Reader, accountId: string, serviceId: string, now: Date): Promise<boolean> {
  const rows = await on.query(
    `SELECT 1 AS one FROM subscriptions s WHERE s.account_id = $1 AND s.service_id = $2 AND ${inForce('$3')} LIMIT 1`,
    [accountId, serviceId, now],
  );
  return rows.length > 0;
}

/** Codes of what an account's subscriptions let it do at an instant, as the catalogue has it now. */
export async function listFeatures(on: Reader, accountId: string, now: Date): Promise<string[]> {
  const rows = await on.query<{ feature: string }>(
    `SELECT DISTINCT f.feature
     FROM subscriptions s
     JOIN services v ON v.id = s.service_id
     CROSS JOIN LATERAL unnest(v.features) AS f (feature)
     WHERE s.account_id = $1 AND ${inForce('$2')}`,
    [accountId, now],
  );
  return rows.map(({ feature }) => feature);
}

/**
 * Of a subscription `s`. A schedule that is late takes nothing from anybody: what will be renewed goes on, what will not is over all
 * the same.
 */
const inForce = (now: string): string => `
  s.status IN ('active', 'waiting_funds')
  AND (s.grace_until IS NULL OR s.grace_until > ${now})
  AND (s.period_end > ${now} OR NOT (s.cancel_at_period_end OR s.kind = 'one_off'))`;

/** Place of a status in lists. */
const RANK = `array_position(ARRAY[${SUBSCRIPTION_STATUSES.map((status) => `'${status}'`).join(', ')}], status) - 1`;

export interface RankedKey {
  rank: number;
  id: string;
}

/** An account's subscriptions by status, newest first within each; strictly after a place, in either direction. */
export function listByStatus(
  on: Reader,
  accountId: string,
  { after, descending, limit }: { after: RankedKey | null; descending: boolean; limit: number },
): Promise<Subscription[]> {
  const [order, beyond] = descending ? ['DESC', '<'] : ['ASC', '>'];
  return on.query<Subscription>(
    `SELECT ${COLUMNS} FROM subscriptions
     WHERE account_id = $1 AND ($2::integer IS NULL OR ${RANK} ${beyond} $2 OR (${RANK} = $2 AND id < $3))
     ORDER BY ${RANK} ${order}, id DESC
     LIMIT $4`,
    [accountId, after?.rank ?? null, after?.id ?? null, limit],
  );
}

export interface DueKey extends Key {
  nextAt: Date;
}

/** What somebody has to look at, the longest overdue first; strictly after one that was looked at. */
export function listDue(on: Reader, now: Date, after: DueKey | null, limit: number): Promise<DueKey[]> {
  return on.query<DueKey & Record<string, unknown>>(
    `SELECT account_id AS "accountId", id, next_at AS "nextAt" FROM subscriptions
     WHERE next_at <= $1 AND ($2::timestamptz IS NULL OR (next_at, account_id, id) > ($2, $3::uuid, $4::uuid))
     ORDER BY next_at, account_id, id
     LIMIT $5`,
    [now, after?.nextAt ?? null, after?.accountId ?? null, after?.id ?? null, limit],
  );
}

/** What an account could not pay so far, oldest first. */
export function listWaiting(on: Reader, accountId: string): Promise<Key[]> {
  return on.query<Key & Record<string, unknown>>(
    `SELECT account_id AS "accountId", id FROM subscriptions WHERE account_id = $1 AND status = 'waiting_funds' ORDER BY period_end, id`,
    [accountId],
  );
}

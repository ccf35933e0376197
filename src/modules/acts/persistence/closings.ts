import type { Database, Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';
import type { Usage } from '../domain/attribution.js';
import type { FundsEvent } from '../domain/lots.js';
import type { StandingLine } from '../domain/plan.js';
import { type FundsRow, READ_FUNDS } from './sql/read-funds.js';
import { READ_USAGE, type UsedRow } from './sql/read-usage.js';

/** How the revenue of an account was paid, from the beginning to the end of a month. Amounts are micro-units. */
export interface ClosingRow {
  legal_entity_id: string;
  seller: string;
  currency: Currency;
  month: string;
  revenue_micros: bigint;
  acted_micros: bigint;
  carried_micros: bigint;
  awaiting_micros: bigint;
  elsewhere_micros: bigint;
  promotional_micros: bigint;
  unpaid_micros: bigint;
  closed_at: Date;
}

export type ClosingSums = Pick<
  ClosingRow,
  | 'revenue_micros'
  | 'acted_micros'
  | 'carried_micros'
  | 'awaiting_micros'
  | 'elsewhere_micros'
  | 'promotional_micros'
  | 'unpaid_micros'
>;

/** Which closing: all statements below take one. */
export interface ClosingKey {
  accountId: string;
  legalEntityId: string;
  /** `YYYY-MM-01`. */
  month: string;
}

export interface BooksWallet {
  id: string;
  openedAt: Date;
}

/** The wallet that a currency's money is in, if any. */
export async function findWallet(tx: Tx, accountId: string, currency: Currency): Promise<BooksWallet | undefined> {
  const [wallet] = await tx.query<{ id: string; openedAt: Date }>(
    `SELECT id, created_at AS "openedAt" FROM wallets WHERE account_id = $1 AND service = 'sms' AND currency = $2`,
    [accountId, currency],
  );
  return wallet;
}

/** The last closing of an account and seller: its month, and how far in the wallet's history it reached. */
export async function lastClosing(
  on: Tx | Database,
  { accountId, legalEntityId }: Omit<ClosingKey, 'month'>,
): Promise<{ month: string; throughSeq: bigint } | undefined> {
  const [last] = await on.query<{ month: string; throughSeq: bigint }>(
    `SELECT to_char(month, 'YYYY-MM-DD') AS month, through_seq AS "throughSeq" FROM act_closings
     WHERE account_id = $1 AND legal_entity_id = $2 ORDER BY month DESC LIMIT 1`,
    [accountId, legalEntityId],
  );
  return last;
}

/** When an account paid a seller first. */
export async function firstPaymentAt(
  on: Tx | Database,
  { accountId, legalEntityId }: Omit<ClosingKey, 'month'>,
): Promise<Date | null> {
  const [row] = await on.query<{ first: Date | null }>(
    `SELECT min(created_at) AS first FROM payments WHERE account_id = $1 AND legal_entity_id = $2`,
    [accountId, legalEntityId],
  );
  return row!.first;
}

/** The number of the last entry of a wallet before an instant; 0 before the first. Numbers follow time, and have no gaps. */
export async function lastEntryBefore(tx: Tx, accountId: string, walletId: string, until: Date): Promise<bigint> {
  const [last] = await tx.query<{ seq: bigint }>(
    `SELECT wallet_seq AS seq FROM ledger_entries WHERE account_id = $1 AND wallet_id = $2 AND created_at < $3
     ORDER BY created_at DESC, wallet_seq DESC LIMIT 1`,
    [accountId, walletId, until],
  );
  return last?.seq ?? 0n;
}

/** Makes a month one's own, or answers false: somebody closes it, or has. Waits for who is at it. */
export async function claimMonth(
  tx: Tx,
  { accountId, legalEntityId, month }: ClosingKey,
  walletId: string,
  throughSeq: bigint,
  now: Date,
): Promise<boolean> {
  const claimed = await tx.query(
    `INSERT INTO act_closings (account_id, legal_entity_id, month, wallet_id, through_seq, closed_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING 1 AS one`,
    [accountId, legalEntityId, month, walletId, throughSeq, now],
  );
  return claimed.length > 0;
}

/** Adds up what was used since the last closing, and answers all that was used so far, by slot. */
export async function addUsage(
  tx: Tx,
  { accountId, legalEntityId, month }: ClosingKey,
  history: { walletId: string; afterSeq: bigint; throughSeq: bigint },
  months: readonly { month: string; beginsAt: Date }[],
): Promise<Usage[]> {
  const { walletId, afterSeq, throughSeq } = history;
  const beginnings = months.map(({ beginsAt }) => beginsAt);
  const used = await tx.query<UsedRow & Record<string, unknown>>(READ_USAGE, [
    accountId,
    walletId,
    afterSeq,
    throughSeq,
    beginnings,
  ]);
  await tx.query(
    `INSERT INTO act_usage (account_id, legal_entity_id, month, usage_month, service, micros, quantity)
     SELECT $1, $2, $3, u.month, u.service, u.micros, u.quantity
     FROM unnest($4::date[], $5::text[], $6::bigint[], $7::bigint[]) AS u (month, service, micros, quantity)`,
    [
      accountId,
      legalEntityId,
      month,
      used.map(({ bucket }) => months[bucket - 1]!.month),
      used.map(({ service }) => service),
      used.map(({ micros }) => micros),
      used.map(({ quantity }) => quantity),
    ],
  );
  return tx.query<Usage & Record<string, unknown>>(
    `SELECT ${slot('usage_month', 'service')} AS slot, sum(micros)::bigint AS micros, sum(quantity)::bigint AS quantity
     FROM act_usage WHERE account_id = $1 AND legal_entity_id = $2
     GROUP BY usage_month, service ORDER BY usage_month, service`,
    [accountId, legalEntityId],
  );
}

/** What came into a wallet and left it other than by usage. */
export async function readFunds(
  tx: Tx,
  accountId: string,
  walletId: string,
  throughSeq: bigint,
): Promise<FundsEvent[]> {
  const rows = await tx.query<FundsRow & Record<string, unknown>>(READ_FUNDS, [accountId, walletId, throughSeq]);
  return rows.map(toEvent);
}

function toEvent({ kind, subjectKind, subjectId, micros, counter }: FundsRow): FundsEvent {
  const paymentId = subjectKind === 'payment' ? subjectId : null;
  if (kind === 'bank_reversal') return { do: 'reversed', paymentId, micros: -micros };
  if (micros < 0n) return { do: 'corrected', micros: -micros };
  return counter === 'bank'
    ? { do: 'in', kind: 'paid', paymentId, micros }
    : { do: 'in', kind: 'free', paymentId: null, micros };
}

/** Of payments of an account: their sellers, and their payers where these are settled. */
export async function readPayments(
  tx: Tx,
  accountId: string,
  ids: readonly string[],
): Promise<Map<string, { legalEntityId: string; payerId: string | null }>> {
  const rows = await tx.query<{ id: string; legalEntityId: string; payerId: string | null }>(
    `SELECT p.id, p.legal_entity_id AS "legalEntityId", x.payer_id AS "payerId"
     FROM payments p LEFT JOIN act_payers x ON x.account_id = p.account_id AND x.payment_id = p.id
     WHERE p.account_id = $1 AND p.id = ANY($2::uuid[])`,
    [accountId, ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Settles who paid, for payments that are used for the first time: the payer of the first invoice that a payment covers, else the
 * account's only payer that is not archived. Those of whom neither is known stay as they are.
 */
export async function settlePayers(
  tx: Tx,
  accountId: string,
  paymentIds: readonly string[],
  now: Date,
): Promise<Map<string, string>> {
  if (paymentIds.length === 0) return new Map();
  const rows = await tx.query<{ paymentId: string; payerId: string }>(
    `WITH known AS (
       SELECT w.id AS payment_id, COALESCE(covers.payer_id, sole.payer_id) AS payer_id
       FROM unnest($2::uuid[]) AS w (id)
       LEFT JOIN LATERAL (
         SELECT i.payer_id FROM payment_allocations a
         JOIN invoices i ON i.account_id = a.account_id AND i.id = a.invoice_id
         WHERE a.account_id = $1 AND a.payment_id = w.id AND a.removed_at IS NULL
         ORDER BY a.id LIMIT 1) covers ON true
       LEFT JOIN LATERAL (
         SELECT min(p.id::text)::uuid AS payer_id FROM payers p
         WHERE p.account_id = $1 AND p.archived_at IS NULL HAVING count(*) = 1) sole ON true)
     INSERT INTO act_payers (account_id, payment_id, payer_id, created_at)
     SELECT $1, payment_id, payer_id, $3 FROM known WHERE payer_id IS NOT NULL
     ON CONFLICT DO NOTHING RETURNING payment_id AS "paymentId", payer_id AS "payerId"`,
    [accountId, paymentIds, now],
  );
  return new Map(rows.map(({ paymentId, payerId }) => [paymentId, payerId]));
}

/** What stands on the acts of an account and seller, corrections taken off, in the order of issue. */
export function readStanding(tx: Tx, { accountId, legalEntityId }: Omit<ClosingKey, 'month'>): Promise<StandingLine[]> {
  return tx.query<StandingLine & Record<string, unknown>>(
    `SELECT a.payer_id AS "payerId", COALESCE(a.corrects_id, a.id) AS "actId", ${slot('l.usage_month', 'l.service')} AS slot,
            sum(l.exact_micros)::bigint AS "exactMicros", sum(l.gross_micros)::bigint AS "grossMicros",
            sum(l.quantity)::bigint AS quantity, max(l.vat_rate_bps) AS "vatRateBps"
     FROM acts a
     JOIN acts o ON o.account_id = a.account_id AND o.id = COALESCE(a.corrects_id, a.id)
     JOIN act_lines l ON l.account_id = a.account_id AND l.act_id = a.id
     WHERE a.account_id = $1 AND a.legal_entity_id = $2
     GROUP BY o.month, 1, 2, 3 ORDER BY o.month, 1, 3`,
    [accountId, legalEntityId],
  );
}

/** Month and service of a row as the domain keys and sorts them. */
function slot(month: string, service: string): string {
  return `to_char(${month}, 'YYYY-MM-DD') || ' ' || ${service}`;
}

export async function writeSums(
  tx: Tx,
  { accountId, legalEntityId, month }: ClosingKey,
  sums: ClosingSums,
): Promise<void> {
  await tx.query(
    `UPDATE act_closings
     SET revenue_micros = $4, acted_micros = $5, carried_micros = $6, awaiting_micros = $7, elsewhere_micros = $8,
         promotional_micros = $9, unpaid_micros = $10
     WHERE account_id = $1 AND legal_entity_id = $2 AND month = $3`,
    [
      accountId,
      legalEntityId,
      month,
      sums.revenue_micros,
      sums.acted_micros,
      sums.carried_micros,
      sums.awaiting_micros,
      sums.elsewhere_micros,
      sums.promotional_micros,
      sums.unpaid_micros,
    ],
  );
}

/** Newest month first; of one month by seller. */
export function listClosings(
  on: Database,
  accountId: string,
  after: { month: string; legalEntityId: string } | null,
  limit: number,
): Promise<ClosingRow[]> {
  return on.query<ClosingRow & Record<string, unknown>>(
    `SELECT c.legal_entity_id, e.code AS seller, e.currency, to_char(c.month, 'YYYY-MM-DD') AS month, c.revenue_micros,
            c.acted_micros, c.carried_micros, c.awaiting_micros, c.elsewhere_micros, c.promotional_micros, c.unpaid_micros,
            c.closed_at
     FROM act_closings c JOIN legal_entities e ON e.id = c.legal_entity_id
     WHERE c.account_id = $1 AND ($2::date IS NULL OR (c.month, c.legal_entity_id) < ($2::date, $3::uuid))
     ORDER BY c.month DESC, c.legal_entity_id DESC LIMIT $4`,
    [accountId, after?.month ?? null, after?.legalEntityId ?? null, limit],
  );
}

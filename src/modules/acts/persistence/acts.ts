import type { Database, Statement, Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';
import type { PayerSnapshot, SellerSnapshot } from '../../invoices/index.js';

export const ACT_KINDS = ['act', 'correction'] as const;
export type ActKind = (typeof ACT_KINDS)[number];

/** An act or a correction as it was issued; days and months as `YYYY-MM-DD`. */
export interface ActRow {
  account_id: string;
  id: string;
  kind: ActKind;
  legal_entity_id: string;
  payer_id: string;
  month: string;
  document_number: string;
  issued_on: string;
  currency: Currency;
  net_micros: bigint;
  vat_micros: bigint;
  gross_micros: bigint;
  seller: SellerSnapshot;
  payer: PayerSnapshot;
  created_at: Date;
  corrects_id: string | null;
  corrects_number: string | null;
  corrects_issued_on: string | null;
}

/** What was used: messages, or whatever is bought beside them. In this order money pays for them within a month. */
export type UsedService = 'services' | 'sms';

/** `before_micros`: of a correction, what stood on the act until then. */
export interface ActLineRow {
  usage_month: string;
  service: UsedService;
  /** Parts of messages, or services bought. */
  quantity: bigint;
  vat_rate_bps: number | null;
  net_micros: bigint;
  vat_micros: bigint;
  gross_micros: bigint;
  exact_micros: bigint;
  before_micros: bigint | null;
}

const SELECT = `
  SELECT a.account_id, a.id, a.kind, a.legal_entity_id, a.payer_id, to_char(a.month, 'YYYY-MM-DD') AS month, a.document_number,
         to_char(a.issued_on, 'YYYY-MM-DD') AS issued_on, a.currency, a.net_micros, a.vat_micros, a.gross_micros, a.seller,
         a.payer, a.created_at, a.corrects_id, c.document_number AS corrects_number,
         to_char(c.issued_on, 'YYYY-MM-DD') AS corrects_issued_on
  FROM acts a LEFT JOIN acts c ON c.account_id = a.account_id AND c.id = a.corrects_id`;

/** $1 account, $2 before which id, $3 payer, $4 kind, $5 first and $6 last month, $7 how many. */
const LIST_ACTS: Statement = {
  name: 'acts.list',
  text: `${SELECT}
    WHERE a.account_id = $1 AND ($2::uuid IS NULL OR a.id < $2) AND ($3::uuid IS NULL OR a.payer_id = $3)
      AND ($4::text IS NULL OR a.kind = $4) AND ($5::date IS NULL OR a.month >= $5) AND ($6::date IS NULL OR a.month < $6)
    ORDER BY a.id DESC LIMIT $7`,
};

export interface ActFilter {
  payerId: string | null;
  kind: ActKind | null;
  /** Of this month or later, and before that one: any day of it. */
  from: string | null;
  until: string | null;
}

export function listActs(
  on: Database,
  accountId: string,
  after: string | null,
  { payerId, kind, from, until }: ActFilter,
  limit: number,
): Promise<ActRow[]> {
  return on.query<ActRow & Record<string, unknown>>(LIST_ACTS, [accountId, after, payerId, kind, from, until, limit]);
}

export async function findAct(on: Tx | Database, accountId: string, id: string): Promise<ActRow | undefined> {
  const [row] = await on.query<ActRow & Record<string, unknown>>(`${SELECT} WHERE a.account_id = $1 AND a.id = $2`, [
    accountId,
    id,
  ]);
  return row;
}

/** What was issued for a month of a seller, in the order of issue. */
export function actsOfMonth(
  on: Tx | Database,
  accountId: string,
  legalEntityId: string,
  month: string,
): Promise<ActRow[]> {
  return on.query<ActRow & Record<string, unknown>>(
    `${SELECT} WHERE a.account_id = $1 AND a.legal_entity_id = $2 AND a.month = $3 ORDER BY a.id`,
    [accountId, legalEntityId, month],
  );
}

export function findActLines(on: Tx | Database, accountId: string, actId: string): Promise<ActLineRow[]> {
  return on.query<ActLineRow & Record<string, unknown>>(
    `SELECT to_char(usage_month, 'YYYY-MM-DD') AS usage_month, service, quantity, vat_rate_bps, net_micros, vat_micros, gross_micros,
            exact_micros, before_micros
     FROM act_lines WHERE account_id = $1 AND act_id = $2 ORDER BY line_no`,
    [accountId, actId],
  );
}

/** The corrections of an act, oldest first. */
export function correctionsOf(
  on: Database,
  accountId: string,
  actId: string,
): Promise<{ id: string; document_number: string }[]> {
  return on.query(`SELECT id, document_number FROM acts WHERE account_id = $1 AND corrects_id = $2 ORDER BY id`, [
    accountId,
    actId,
  ]);
}

export type NewAct = Omit<ActRow, 'corrects_number' | 'corrects_issued_on'>;

export async function insertAct(tx: Tx, act: NewAct, lines: readonly ActLineRow[]): Promise<void> {
  await tx.query(
    `INSERT INTO acts (account_id, id, kind, legal_entity_id, payer_id, month, corrects_id, document_number, issued_on, currency,
                       net_micros, vat_micros, gross_micros, seller, payer, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      act.account_id,
      act.id,
      act.kind,
      act.legal_entity_id,
      act.payer_id,
      act.month,
      act.corrects_id,
      act.document_number,
      act.issued_on,
      act.currency,
      act.net_micros,
      act.vat_micros,
      act.gross_micros,
      JSON.stringify(act.seller),
      JSON.stringify(act.payer),
      act.created_at,
    ],
  );
  await tx.query(
    `INSERT INTO act_lines (account_id, act_id, line_no, usage_month, service, quantity, vat_rate_bps, net_micros, vat_micros, gross_micros,
                            exact_micros, before_micros)
     SELECT $1, $2, l.n, l.usage_month, l.service, l.quantity, l.rate, l.net, l.vat, l.gross, l.exact, l.before
     FROM unnest($3::date[], $4::bigint[], $5::integer[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])
            WITH ORDINALITY AS l (usage_month, quantity, rate, net, vat, gross, exact, before, service, n)`,
    [
      act.account_id,
      act.id,
      lines.map((line) => line.usage_month),
      lines.map((line) => line.quantity),
      lines.map((line) => line.vat_rate_bps),
      lines.map((line) => line.net_micros),
      lines.map((line) => line.vat_micros),
      lines.map((line) => line.gross_micros),
      lines.map((line) => line.exact_micros),
      lines.map((line) => line.before_micros),
      lines.map((line) => line.service),
    ],
  );
}
